// What every browser test uses: one Chromium, fresh contexts, and an ear for the console.
import { createRequire } from "node:module";
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import assert from "node:assert/strict";

const root = new URL("../../../", import.meta.url);
const require = createRequire(new URL("window/package.json", root));
const { chromium } = require("playwright-core");
export const axeSource = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
export const BASE = process.env.BACKLOT_URL;
export const photoOf = (name) => fileURLToPath(new URL(`samples/${name}.jpg`, root));

export const DESK = { viewport: { width: 1440, height: 900 }, locale: "en-US" };
export const PHONE = {
  viewport: { width: 390, height: 844 }, locale: "en-US", hasTouch: true, isMobile: true,
};

let browser;
export async function open(options = DESK) {
  browser ??= await chromium.launch({
    executablePath: process.env.CHROMIUM,
    args: [
      "--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ],
  });
  const context = await browser.newContext({ reducedMotion: "reduce", ...options });
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const complaints = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  return { page, complaints, close: () => context.close() };
}
export const shut = () => browser?.close();

export async function submit(page, name = "perfume") {
  await page.goto(BASE);
  await page.getByTestId("photo").setInputFiles(photoOf(name));
  await page.waitForURL(/\/jobs\/job_[0-9a-f]{32}$/);
}
export async function sets(page) {
  await page.locator(".set-picture").first().waitFor();
  return page.locator(".set-picture").count();
}
export async function trySample(page, name = "perfume") {
  await page.goto(BASE);
  await page.locator(`.samples button:has(img[src$="${name}.jpg"])`).click();
  await page.waitForURL(/\/jobs\/job_/);
  await sets(page);
}

/** Makes the 3D file of the set a job recommends first, as `make catalog` does for all; then reloads. */
export async function withModel(page) {
  const jobId = /job_[0-9a-f]{32}/.exec(page.url())[0];
  const job = await (await page.request.get(`${BASE}/v1/jobs/${jobId}`)).json();
  const { id } = job.result.recommendations[0].background;
  const recipes = mkdtempSync(join(tmpdir(), "recipes-"));
  try {
    copyFileSync(new URL(`catalog/recipes/${id}.yaml`, root), join(recipes, `${id}.yaml`));
    const made = spawnSync(process.env.PYTHON, ["-m", "services.render_worker.catalog", "--recipes", recipes, "--workers", "1"], {
      cwd: fileURLToPath(root), env: process.env, encoding: "utf8",
    });
    assert.equal(made.status, 0, made.stderr);
  } finally {
    rmSync(recipes, { recursive: true });
  }
  for (let tries = 0; tries < 60; tries += 1) {
    const set = await (await page.request.get(`${BASE}/v1/backgrounds/${id}`)).json();
    if (set.files.glb) break;
    await new Promise((done) => setTimeout(done, 500));
  }
  await page.reload();
  await sets(page);
  return id;
}

/** Stops or continues a program of this test's own line. */
export function signal(program, name) {
  for (const pid of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    try {
      const environment = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8");
      const ours = environment.includes(`BACKLOT_STATE=${process.env.BACKLOT_STATE}`);
      if (ours && command.includes(`services.${program}`)) process.kill(Number(pid), name);
    } catch {
      // It has ended meanwhile, or is not ours to read.
    }
  }
}

export async function noSeriousIssue(page, where) {
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() =>
    globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }),
  );
  const serious = violations.filter((one) => ["serious", "critical"].includes(one.impact));
  assert.deepEqual(
    serious.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(" ")).join(" | ")}`),
    [],
    where,
  );
}

export async function noSideways(page, where) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wide <= 0, `${where} is ${wide}px too wide`);
}
