/** Two runs that part, for the window's tests without an engine. */
import type { DifferenceView, DivergenceView } from '../../preload/contract'

export function fakeDivergence(a: string, b: string): DivergenceView {
  return {
    a: { run: a, label: 'linux-6.1', seed: 1 }, b: { run: b, label: 'file-first', seed: 1 },
    summary: { en: 'First difference: kswapd0, after 1,234 touches of the workload: another answer to scanBalance. 84 decisions before it were the same in both.', zh: '第一处分歧：kswapd0，负载访问 1,234 次之后：对 scanBalance 的回答不同。在此之前的 84 次决定两边相同。' },
    unlike: [{ en: 'policy: none against file-first', zh: '策略：无 与 file-first' }], whole: true, alike: 84,
    hooks: [{ hook: 'scanBalance', same: 3, differing: 2 }],
    differences: [0, 1].map((i) => ({ kind: 'answer', hook: 'scanBalance', task: 'kswapd0', touch: 1234 + i, shared: true, a: 4e9 + i, b: 4e9 + i, text: { en: `kswapd0, after ${1234 + i} touches: another answer to scanBalance`, zh: `kswapd0，访问 ${1234 + i} 次之后：对 scanBalance 的回答不同` } })),
  }
}

export function fakeDifference(index: number): DifferenceView {
  return {
    index, text: { en: `linux-6.1 answered: 30 % anon. file-first answered: ${index} % anon. Both saw the same.`, zh: `linux-6.1 回答：匿名页 30 %。file-first 回答：匿名页 ${index} %。两边看到的相同。` },
    seen: [{ name: 'swappiness', about: { en: 'vm.swappiness', zh: 'vm.swappiness' }, a: '60', b: '60', differs: false }],
    answers: [{ name: 'anon', a: '60', b: String(index), differs: true }], zones: [{ name: '0 Normal', a: 'free 500, min 487, low 730, high 973', b: 'free 500, min 487, low 730, high 973', differs: false }],
    chain: [{ kind: 'scan', text: { en: 'pages to scan of each list: linux-6.1 inactive_anon 5; file-first inactive_anon 0.', zh: '各链表要扫描的页数：linux-6.1 inactive_anon 5；file-first inactive_anon 0。' }, a: 4e9, b: 4e9 }],
    counters: [{ name: 'pgscan_anon', task: 'app', touch: 1300, a: { t: 4.1e9, value: 5 }, b: { t: 4.1e9, value: 0 } }],
    metrics: [{ id: 'kswapd_runs', a: 3, b: 4 }],
  }
}
