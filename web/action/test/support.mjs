// A project, and a server that answers like GitHub.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../src/main.mjs";

/** A small project. */
export const SHOP = {
  "project.toml": 'mz_version = "v26.23.0"\n',
  "clusters/serving.sql": "CREATE CLUSTER serving (SIZE = '25cc');\n",
  "models/shop/raw/orders.sql": "CREATE TABLE orders (id int, total numeric);\n",
  "models/shop/core/open.sql": "CREATE VIEW open AS SELECT id, total FROM raw.orders WHERE total > 0;\n",
  "models/shop/core/top.sql":
    "CREATE MATERIALIZED VIEW top IN CLUSTER serving AS SELECT id FROM open WHERE total > 100;\n",
};

/** A change of it. */
export const EDITED = "CREATE VIEW open AS SELECT id, total FROM raw.orders WHERE total > 1;\n";

/**
 * Runs the action as GitHub would.
 *
 * @param {import("../../repository.mjs").TestRepository} repository
 * @param {object} pullRequest The event.
 * @param {Record<string, string>} [env]
 */
export async function act(repository, pullRequest, env = {}) {
  const folder = mkdtempSync(join(tmpdir(), "mz-deploy-run-"));
  const file = (/** @type {string} */ name) => join(folder, name);
  writeFileSync(file("event.json"), JSON.stringify({ pull_request: pullRequest }));
  writeFileSync(file("summary.md"), "");
  writeFileSync(file("output"), "");
  /** @type {string[]} */
  const lines = [];
  const code = await run(
    {
      GITHUB_WORKSPACE: repository.root,
      GITHUB_EVENT_PATH: file("event.json"),
      GITHUB_STEP_SUMMARY: file("summary.md"),
      GITHUB_OUTPUT: file("output"),
      GITHUB_REPOSITORY: "owner/shop",
      RUNNER_TEMP: folder,
      MZ_DEPLOY_COMMENT: "false",
      MZ_DEPLOY_COMMENT_FILE: file("comment.md"),
      ...(process.env.MZ_DEPLOY_PLANNER ? { MZ_DEPLOY_PLANNER: process.env.MZ_DEPLOY_PLANNER } : {}),
      ...env,
    },
    (line) => lines.push(line),
  );
  const read = (/** @type {string} */ name) => {
    try {
      return readFileSync(file(name), "utf8");
    } catch {
      return "";
    }
  };
  const result = { code, lines, comment: read("comment.md"), summary: read("summary.md"), output: read("output") };
  rmSync(folder, { recursive: true, force: true });
  return result;
}

/**
 * A server with comments on pull request 7.
 *
 * @typedef {{ id: number, body: string, user: { login: string } }} Comment
 */
export class GitHub {
  constructor() {
    /** @type {Comment[]} */
    this.comments = [];
    /** @type {string[]} */
    this.calls = [];
    /** @type {number | undefined} */
    this.refuses = undefined;
    /** Whose token it is. */
    this.login = "github-actions[bot]";
    this.server = createServer((request, response) => {
      let text = "";
      request.on("data", (chunk) => {
        text += chunk;
      });
      request.on("end", () => {
        const { status, content } = this.answer(
          request.method ?? "",
          request.url ?? "",
          text,
          request.headers.authorization,
        );
        response
          .writeHead(status, { "content-type": "application/json", connection: "close" })
          .end(JSON.stringify(content));
      });
    });
  }

  /** @returns {Promise<Record<string, string>>} What the action has to know of it. */
  async start() {
    await new Promise((done) => {
      this.server.listen(0, "127.0.0.1", () => done(undefined));
    });
    const address = /** @type {import("node:net").AddressInfo} */ (this.server.address());
    return {
      GITHUB_API_URL: `http://127.0.0.1:${address.port}`,
      MZ_DEPLOY_TOKEN: "the-token",
      MZ_DEPLOY_COMMENT: "true",
    };
  }

  stop() {
    this.server.close();
  }

  /**
   * @param {string} method
   * @param {string} url
   * @param {string} text
   * @param {string | undefined} authorization
   */
  answer(method, url, text, authorization) {
    this.calls.push(method);
    if (authorization !== "Bearer the-token") {
      return { status: 401, content: {} };
    }
    if (this.refuses !== undefined && method !== "GET") {
      return { status: this.refuses, content: {} };
    }
    const { pathname, searchParams } = new URL(url, "http://localhost");
    const user = { login: this.login };
    if (pathname === "/repos/owner/shop/issues/7/comments" && method === "GET") {
      const size = Number(searchParams.get("per_page"));
      const from = (Number(searchParams.get("page")) - 1) * size;
      return { status: 200, content: this.comments.slice(from, from + size) };
    }
    if (pathname === "/repos/owner/shop/issues/7/comments" && method === "POST") {
      const posted = { id: this.comments.length + 1, body: JSON.parse(text).body, user };
      this.comments.push(posted);
      return { status: 201, content: posted };
    }
    const known = this.comments.find(({ id }) => pathname === `/repos/owner/shop/issues/comments/${id}`);
    if (known !== undefined && method === "PATCH") {
      known.body = JSON.parse(text).body;
      return { status: 200, content: {} };
    }
    return { status: 404, content: {} };
  }
}
