/**
 * Functions don't show their source: host code reads otherwise in a bundle than from sources, and a policy's own reads as the fuel meter left it, so a policy that
 * looked could act differently by build. Imported before SES, which keeps the original for its own version.
 */
Object.defineProperty(Function.prototype, 'toString', { value: { toString: (): string => 'function () { [native code] }' }.toString })
