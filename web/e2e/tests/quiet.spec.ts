// Nothing leaves the page. Every other test sees that nothing did; these try to.
import { expect, openExample, test } from "./app";

test("once it is loaded, the page can't connect to anything, not even to where it came from", async ({ app }) => {
  await openExample(app.page, "A first deployment");
  const outcomes = await app.page.evaluate(async () => {
    const attempts = {
      fetch: () => fetch("./index.html"),
      elsewhere: () => fetch("https://example.com/"),
      beacon: async () => {
        if (!navigator.sendBeacon("https://example.com/", "x")) {
          throw new Error("refused");
        }
      },
      image: () =>
        new Promise((resolve, reject) => {
          const image = new Image();
          image.onload = resolve;
          image.onerror = reject;
          image.src = "https://example.com/x.png";
        }),
      script: () =>
        new Promise((resolve, reject) => {
          const script = document.createElement("script");
          script.onload = resolve;
          script.onerror = reject;
          script.src = "https://example.com/x.js";
          document.head.append(script);
        }),
      worker: () =>
        new Promise((resolve, reject) => {
          const source = new Blob([
            "fetch('https://example.com/').then(() => postMessage('sent'), () => postMessage('refused'))",
          ]);
          const worker = new Worker(URL.createObjectURL(source));
          worker.onmessage = ({ data }) => (data === "sent" ? resolve(data) : reject(new Error(data)));
        }),
    };
    const found: Record<string, string> = {};
    for (const [name, attempt] of Object.entries(attempts)) {
      found[name] = await attempt().then(
        () => "went out",
        () => "refused",
      );
    }
    return found;
  });
  // A beacon is queued and dropped by the policy; that no request was made is what counts.
  expect({ ...outcomes, beacon: undefined }).toEqual({
    fetch: "refused",
    elsewhere: "refused",
    beacon: undefined,
    image: "refused",
    script: "refused",
    worker: "refused",
  });
  const complaints = app.complaints.splice(0);
  expect(complaints.length).toBeGreaterThan(0);
  expect(complaints.every((complaint) => /Content Security Policy|violates|Refused/.test(complaint))).toBe(true);
  // Playwright tells of requests that the policy stopped before they were made.
  app.late.length = 0;
});

test("all that is loaded comes from the page's own folder", async ({ page, baseURL }) => {
  const urls: string[] = [];
  page.on("request", (request) => urls.push(request.url()));
  await page.goto("./");
  await expect(page.getByRole("button", { name: "Open a folder" })).toBeVisible();
  const own = urls.filter((url) => !url.startsWith("blob:") && !url.startsWith("data:"));
  expect(own.every((url) => url.startsWith(baseURL ?? "-"))).toBe(true);
  expect(own.map((url) => url.replace(/^.*\./, "")).sort()).toEqual(
    [expect.stringContaining("/"), "css", "js", "wasm", "woff2", "woff2"].sort(),
  );
});
