// Why the action can't go on. The exit code says which kind of reason it is.

/** What the exit codes mean. The README's table says the same. */
export const EXIT = { ok: 0, problems: 1, usage: 2, policy: 3, comment: 4 };

export class Failure extends Error {
  /**
   * @param {number} code One of `EXIT`.
   * @param {string} message What was found, and what to do.
   */
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/** @param {unknown} error */
export function reason(error) {
  return error instanceof Error ? error.message : String(error);
}
