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
  const objects = (/** @type {number} */ count) => (count === 1 ? "1 object" : `${count} objects`);
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
  if (wants("change") && changes.length > 0) {
    found.push(`${objects(changes.length)} would change`);
  }
  return found;
}
