// One comment on a pull request, by GitHub's REST API.
import { EXIT, Failure, reason } from "./failure.mjs";

const PER_PAGE = 100;
const MOST_PAGES = 100;

/**
 * @typedef {object} Target
 * @property {string} api
 * @property {string} repository `owner/name`
 * @property {number} pullRequest
 * @property {string} token
 * @property {string} author Whose comments may be updated: anybody can write a comment with the marker.
 */

/**
 * Posts the comment, or updates the one that was posted before.
 *
 * @param {Target} target
 * @param {string} mark
 * @param {string} body
 * @returns {Promise<{ done: "posted" | "updated" | "unchanged", author?: string }>} `author` is whose comment was posted, if that
 *   is somebody else than the target says: it is not found again then.
 */
export async function putComment(target, mark, body) {
  const comments = `${target.api}/repos/${target.repository}/issues`;
  const known = await find(target, `${comments}/${target.pullRequest}/comments`, mark);
  if (known === undefined) {
    const posted = await call(target, "POST", `${comments}/${target.pullRequest}/comments`, { body });
    const author = /** @type {{ user?: { login?: string } } | null} */ (posted)?.user?.login;
    return author === undefined || author === target.author ? { done: "posted" } : { done: "posted", author };
  }
  if (known.body === body) {
    return { done: "unchanged" };
  }
  await call(target, "PATCH", `${comments}/comments/${known.id}`, { body });
  return { done: "updated" };
}

/**
 * @param {Target} target
 * @param {string} url
 * @param {string} mark
 * @returns {Promise<{ id: number, body: string } | undefined>}
 */
async function find(target, url, mark) {
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const listed = await call(target, "GET", `${url}?per_page=${PER_PAGE}&page=${page}`);
    const comments = Array.isArray(listed) ? listed : [];
    const known = comments.find((comment) => comment.user?.login === target.author && comment.body?.startsWith(mark));
    if (known !== undefined || comments.length < PER_PAGE) {
      return known;
    }
  }
  return undefined;
}

/**
 * @param {Target} target
 * @param {string} method
 * @param {string} url
 * @param {object} [content]
 * @returns {Promise<unknown>}
 */
async function call(target, method, url, content) {
  let response;
  try {
    response = await fetch(url, {
      method,
      headers: {
        accept: "application/vnd.github+json",
        authorization: `Bearer ${target.token}`,
        "content-type": "application/json",
        "user-agent": "mz-deploy",
        "x-github-api-version": "2022-11-28",
      },
      body: content === undefined ? null : JSON.stringify(content),
      signal: AbortSignal.timeout(30_000),
    });
  } catch (error) {
    throw new Failure(EXIT.comment, `can't reach \`${target.api}\` for the comment: ${reason(error)}`);
  }
  if (!response.ok) {
    throw new Failure(EXIT.comment, refusal(response.status, target));
  }
  return response.json();
}

/**
 * @param {number} status
 * @param {Target} target
 */
function refusal(status, target) {
  const what = `GitHub refused the comment on pull request ${target.pullRequest} (status ${status})`;
  if (status === 401) {
    return `${what}: the token is not valid`;
  }
  if (status === 403 || status === 404) {
    return `${what}: give the job \`permissions: { contents: read, pull-requests: write }\`, or set \`comment: false\``;
  }
  return what;
}
