// Whether the plan does something that the workflow doesn't want to pass unseen.

/** @typedef {import("../../wasm/index.js").PreviewView} PreviewView */
/** @typedef {import("./inputs.mjs").Policy} Policy */

/**
 * What the policy finds, in words; empty if all is well.
 *
 * @param {PreviewView} preview
 * @param {Policy[]} failOn
 */
export function violations(preview, failOn) {
  const wants = (/** @type {Policy} */ policy) => failOn.includes(policy);
  const changes = preview.outline?.changes ?? [];
  const scopes = preview.outline?.scopes ?? [];
  const counted = (/** @type {number} */ count, /** @type {string} */ noun) =>
    count === 1 ? `1 ${noun}` : `${count} ${noun}s`;
  const objects = (/** @type {number} */ count) => counted(count, "object");
  const found = [];
  const { warnings } = preview.diagnostics;
  if (wants("warning") && warnings > 0) {
    found.push(warnings === 1 ? "there is 1 warning" : `there are ${warnings} warnings`);
  }
  const dropped = changes.filter((change) => change.action === "delete").length;
  if (wants("drop") && dropped > 0) {
    found.push(`${objects(dropped)} would be dropped`);
  }
  const rebuilt = changes.filter((change) => change.action === "rebuild").length;
  if (wants("rebuild") && rebuilt > 0) {
    found.push(`${objects(rebuilt)} would be built again because of what they read or share`);
  }
  if (wants("change") && changes.length + scopes.length > 0) {
    const containers = (/** @type {string} */ kind) => scopes.filter((scope) => scope.kind === kind).length;
    const counts = /** @type {const} */ ([
      [changes.length, "object"],
      [containers("schema"), "schema"],
      [containers("database"), "database"],
    ]);
    const words = counts.filter(([count]) => count > 0).map(([count, noun]) => counted(count, noun));
    found.push(`${words.join(" and ")} would change`);
  }
  return found;
}
