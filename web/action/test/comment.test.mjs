// The parts that no repository is needed for.
import assert from "node:assert/strict";
import { test } from "node:test";
import { annotation, note } from "../src/annotations.mjs";
import { assemble, code, LIMIT, marker } from "../src/comment.mjs";

test("a code span holds backticks, bars and line ends", () => {
  assert.equal(code("a`b``c"), "``` a`b``c ```");
  assert.equal(code("a|b"), "`a\\|b`");
  assert.equal(code("a\n# b"), "`a # b`");
});

test("each project and each profile has a marker of its own, in which nothing of them stands", () => {
  const markers = [marker("", undefined), marker("a", undefined), marker("", "a"), marker("-->", undefined)];
  assert.equal(new Set(markers).size, 4);
  for (const each of markers) {
    assert.match(each, /^<!-- mz-deploy plan [0-9a-f]{16} -->$/);
  }
});

test("a text that is too long is cut before an open section", () => {
  const section = (/** @type {number} */ at) =>
    `\n<details><summary>${at}</summary>\n\n${"x".repeat(3000)}\n\n</details>\n`;
  const body = `# plan\n${Array.from({ length: 40 }, (_, at) => section(at)).join("")}`;
  const comment = assemble("<!-- m -->", body, "footer");
  assert.ok(comment.length <= LIMIT);
  assert.equal(comment.match(/<details>/g)?.length, comment.match(/<\/details>/g)?.length);
  assert.match(comment, /\*\*Cut here\*\*/);
  assert.ok(comment.endsWith("\n\nfooter\n"));
});

test("an annotation has the place in the repository, and its text starts no other command", () => {
  const point = { line: 3, column: 2, utf16_column: 2 };
  const primary = { path: "a,b:c%\n::x.sql", start: point, end: { ...point, column: 9 } };
  const text = annotation(
    { code: "SyntaxError", severity: "error", message: "100 %\r\n::error ::x", primary, help: ["do it"] },
    "shop",
  );
  assert.equal(
    text,
    "::error file=shop/a%2Cb%3Ac%25%0A%3A%3Ax.sql,line=3,endLine=3,col=2,endColumn=9,title=SyntaxError::" +
      "100 %25%0D%0A::error ::x%0Ahelp: do it",
  );
  assert.equal(note("warning", "a\nb"), "::warning title=mz-deploy::a%0Ab");
});
