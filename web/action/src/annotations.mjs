// Workflow commands: GitHub shows them beside the lines of the pull request. The command line's format `github` is the same.

/** @typedef {import("../../wasm/index.js").DiagnosticView} DiagnosticView */

/** @param {string} text */
function data(text) {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

/** @param {string} text */
function property(text) {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

/**
 * @param {"error" | "warning" | "notice"} severity
 * @param {string} message
 */
export function note(severity, message) {
  return `::${severity} title=mz-deploy::${data(message)}`;
}

/**
 * @param {DiagnosticView} diagnostic
 * @param {string} directory Of the project in the repository.
 */
export function annotation(diagnostic, directory) {
  const { severity, code, message, primary, help = [] } = diagnostic;
  const properties = [];
  if (primary.path !== undefined && primary.path !== "") {
    properties.push(`file=${property(directory === "" ? primary.path : `${directory}/${primary.path}`)}`);
  }
  const { start, end } = primary;
  if (start !== undefined && end !== undefined) {
    properties.push(`line=${start.line}`, `endLine=${end.line}`);
    // GitHub refuses columns of an annotation that spans lines.
    if (start.line === end.line) {
      properties.push(`col=${start.column}`, `endColumn=${end.column}`);
    }
  }
  properties.push(`title=${code}`);
  const more = [primary.message ?? "", ...help.map((sentence) => `help: ${sentence}`)].filter((line) => line !== "");
  return `::${severity} ${properties.join(",")}::${[message, ...more].map(data).join("%0A")}`;
}
