/** The style sheet of a report: light, for paper too; the radio buttons choose which language is seen. */
export const REPORT_STYLE = `
body { margin: 0 auto; max-width: 72rem; padding: 1rem 1.5rem 3rem; font: 14px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif; color: #1a2027; background: #fff; }
h1 { font-size: 1.6rem; margin: .5rem 0; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; border-bottom: 1px solid #d5dbe2; padding-bottom: .2rem; }
nav { text-align: right; } nav label { cursor: pointer; padding: .15rem .5rem; border: 1px solid #848e99; border-radius: 4px; }
input[name=language] { position: absolute; opacity: 0; pointer-events: none; }
#in-en:checked ~ nav label[for=in-en], #in-zh:checked ~ nav label[for=in-zh] { background: #0a5cad; color: #fff; border-color: #0a5cad; }
input[name=language]:focus-visible ~ nav { outline: 2px solid #0a5cad; }
#in-en:checked ~ main [lang=zh-CN], #in-zh:checked ~ main [lang=en] { display: none; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; margin: .6rem 0; } th, td { text-align: left; padding: .2rem .7rem .2rem 0; border-bottom: 1px solid #e8ecf0; vertical-align: top; } th { color: #55606c; font-weight: 600; }
.num { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; } small { color: #55606c; } code, pre { font: 12px/1.45 ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace; } pre { overflow-x: auto; background: #f5f7f9; padding: .6rem .8rem; }
.better { color: #17692f; } .worse { color: #b3211f; } .warn { color: #7a4d00; } figure { margin: 1rem 0; } figure svg { max-width: 100%; height: auto; }
@media print { nav { display: none; } figure, tr { break-inside: avoid; } }
`
