// Judges the built site as a browser shows it: axe-core on every page, Lighthouse on three kinds of pages.
//
//   CHROMIUM=BROWSER node audit.mjs SITE        SITE is the folder that `make html` wrote
//
// The site is served on loopback, compressed as Read the Docs serves it, and no other host is there. Exits with
// 1 where axe finds what is serious, or Lighthouse gives less than it should; says what, and where.

import { createServer } from "node:http";
import { readFile, readdir } from "node:fs/promises";
import { extname, join, relative, resolve, sep } from "node:path";
import { gzipSync } from "node:zlib";

import axe from "axe-core";
import lighthouse from "lighthouse";
import puppeteer from "puppeteer-core";

const LEAST = 0.95;
const CATEGORIES = ["accessibility", "best-practices", "seo"];
const JUDGED = ["index.html", "topics/thp.html", "gathered/series.html"];
const SERIOUS = new Set(["serious", "critical"]);
const PHONE = { width: 360, height: 740 };
const DESKTOP = { width: 1280, height: 900 };

const TYPES = {
  ".css": "text/css", ".html": "text/html", ".js": "text/javascript", ".json": "application/json",
  ".svg": "image/svg+xml", ".txt": "text/plain", ".xml": "application/xml", ".atom": "application/atom+xml",
};

const site = resolve(process.argv[2] ?? "_build/html");

const pagesBelow = async (folder) => {
  const found = await readdir(folder, { recursive: true });
  return found.filter((name) => name.endsWith(".html") && !name.split(sep).includes("_static")).sort();
};

const serve = async () => {
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
    const file = join(site, path.endsWith("/") ? `${path}index.html` : path);
    if (relative(site, file).startsWith("..")) return response.writeHead(404).end();
    try {
      const body = gzipSync(await readFile(file));
      const type = TYPES[extname(file)] ?? "application/octet-stream";
      response.writeHead(200, {
        "content-type": type.includes("/svg") || !type.startsWith("text") ? type : `${type}; charset=utf-8`,
        "content-encoding": "gzip",
        "content-length": body.length,
        "cache-control": "max-age=600",
      });
      response.end(body);
    } catch {
      response.writeHead(404, { "content-type": "text/plain" }).end("not there\n");
    }
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return server;
};

const wrong = [];

// What axe finds on a page as it is now.
const examine = async (page, where) => {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
  for (const { id, impact, help, nodes } of violations.filter((one) => SERIOUS.has(one.impact))) {
    const shown = nodes.slice(0, 3).map((node) => node.html.replace(/\s+/g, " ").slice(0, 120));
    wrong.push(`${where}: axe ${id} (${impact}, ${nodes.length}): ${help}\n    ${shown.join("\n    ")}`);
  }
};

const examineAll = async (browser, base, names) => {
  const page = await browser.newPage();
  for (const scheme of ["light", "dark"]) {
    await page.emulateMediaFeatures([
      { name: "prefers-color-scheme", value: scheme },
      { name: "prefers-reduced-motion", value: "reduce" },
    ]);
    for (const viewport of [DESKTOP, PHONE]) {
      await page.setViewport(viewport);
      // Every page as most people see it; those that Lighthouse judges in all ways.
      const wanted = scheme === "light" && viewport === DESKTOP ? names : names.filter(isJudged);
      for (const name of wanted) {
        await page.goto(`${base}/${name}`, { waitUntil: "load" });
        await examine(page, `${name} (${scheme}, ${viewport.width} px)`);
        if (isJudged(name) && (await openEverything(page))) await examine(page, `${name}, all open (${scheme})`);
      }
    }
  }
  await page.close();
};

// Opens what is folded, and a hover card; tells whether there was any.
const openEverything = (page) =>
  page.evaluate(() => {
    const folds = [...document.querySelectorAll("[role=main] details:not([open])")];
    for (const fold of folds) fold.open = true;
    document.querySelector(".kernelref-hover")?.classList.add("kernelref-hover-open");
    return folds.length > 0;
  });

const judge = async (browser, base, name) => {
  const page = await browser.newPage();
  const flags = { onlyCategories: CATEGORIES, logLevel: "error" };
  const { lhr } = await lighthouse(`${base}/${name}`, flags, undefined, page);
  await page.close();
  const scores = CATEGORIES.map((id) => `${id} ${Math.round(lhr.categories[id].score * 100)}`);
  console.log(`${name}: ${scores.join(", ")}`);
  for (const id of CATEGORIES) {
    if (lhr.categories[id].score >= LEAST) continue;
    const failed = lhr.categories[id].auditRefs
      .filter((ref) => ref.weight > 0 && (lhr.audits[ref.id].score ?? 1) < 1)
      .map((ref) => `${ref.id}: ${lhr.audits[ref.id].title}`);
    wrong.push(`${name}: Lighthouse ${id} ${lhr.categories[id].score}\n    ${failed.join("\n    ")}`);
  }
};

const names = await pagesBelow(site);
const isJudged = (name) => JUDGED.includes(name.replace(/^en\//, ""));
if (names.filter(isJudged).length < JUDGED.length) {
  console.error(`${site} does not have ${JUDGED.join(", ")}; say: make html`);
  process.exit(2);
}

const server = await serve();
const base = `http://127.0.0.1:${server.address().port}`;
const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM,
  args: ["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"],
});
try {
  await examineAll(browser, base, names);
  console.log(`axe: ${names.length} pages, ${wrong.length ? `${wrong.length} serious` : "nothing serious"}`);
  for (const name of names.filter(isJudged)) await judge(browser, base, name);
} finally {
  await browser.close();
  server.close();
}
for (const one of wrong) console.error(one);
process.exit(wrong.length ? 1 : 0);
