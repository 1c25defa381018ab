import { after, test } from "node:test";
import assert from "node:assert/strict";
import { BASE, DESK, PHONE, noSeriousIssue, noSideways, open, sets, shut, trySample } from "./window.mjs";

after(shut);

test("on a phone nothing is wider than the screen", async () => {
  const { page, complaints, close } = await open(PHONE);
  for (const path of ["/", "/library", "/library/reading-room-oak", "/jobs"]) {
    await page.goto(BASE + path);
    await page.locator("h1").waitFor();
    await noSideways(page, path);
  }
  await trySample(page, "sneaker");
  await noSideways(page, "a job");
  await page.getByText("The brief, slot by slot").click();
  await noSideways(page, "a job's slots");
  await page.locator(".set-picture").first().click();
  await page.getByRole("dialog").waitFor();
  await noSideways(page, "a set's sheet");
  assert.deepEqual(complaints, []);
  await close();
});

test("a keyboard alone is enough", async () => {
  const { page, close } = await open();
  await page.goto(BASE);
  await page.locator(".samples button").first().waitFor();
  await tabTo(page, (it) => it.matches(".samples button"));
  await page.keyboard.press("Enter");
  await sets(page);
  await tabTo(page, (it) => it.getAttribute("aria-label") === "Change mood");
  await page.keyboard.press("Enter");
  await page.keyboard.type("calm");
  await page.keyboard.press("Enter");
  await tabTo(page, (it) => it.matches(".set-picture"));
  await page.keyboard.press("Enter");
  const sheet = page.getByRole("dialog");
  await sheet.waitFor();
  await page.keyboard.press("Escape");
  await sheet.waitFor({ state: "detached" });
  assert.ok(await page.evaluate(() => document.activeElement?.matches(".set-picture")));
  await close();
});

async function tabTo(page, found) {
  for (let presses = 0; presses < 120; presses += 1) {
    await page.keyboard.press("Tab");
    if (await page.evaluate(`(${found})(document.activeElement)`)) return;
  }
  assert.fail("Tab never came there");
}

for (const colorScheme of ["light", "dark"]) {
  test(`axe finds no serious issue, ${colorScheme}`, async () => {
    const { page, close } = await open({ ...DESK, colorScheme });
    for (const path of ["/", "/library", "/library/reading-room-oak", "/jobs", "/jobs/job_00000000000000000000000000000000"]) {
      await page.goto(BASE + path);
      await page.locator("h1").waitFor();
      await page.waitForLoadState("networkidle");
      await noSeriousIssue(page, path);
    }
    await trySample(page, "perfume");
    await noSeriousIssue(page, "a job");
    await page.getByRole("button", { name: "Change light" }).click();
    await noSeriousIssue(page, "an open slot");
    await page.keyboard.press("Escape");
    await page.locator(".set-picture").first().click();
    await page.getByRole("dialog").waitFor();
    await noSeriousIssue(page, "a set's sheet");
    await close();
  });
}

test("the library is searched in both languages and narrowed by facets", async () => {
  const { page, complaints, close } = await open();
  await page.goto(`${BASE}/library`);
  await page.locator(".library-card").first().waitFor();
  const all = await page.locator(".library-card").count();
  await page.getByRole("searchbox").fill("대리석");
  await page.waitForFunction((count) => document.querySelectorAll(".library-card").length < count, all);
  assert.ok((await page.locator(".library-card").count()) >= 1);
  await page.getByRole("button", { name: "Clear" }).click();
  await page.getByLabel("Setting").selectOption("setting_space/reading-room");
  await page.getByRole("link", { name: /Oak reading room/ }).click();
  await page.getByRole("heading", { name: "Oak reading room" }).waitFor();
  assert.deepEqual(complaints, []);
  await close();
});

test("the jobs page shows every stage and the jobs there were", async () => {
  const { page, complaints, close } = await open();
  await trySample(page, "book");
  await page.goto(`${BASE}/jobs`);
  await page.getByRole("rowheader", { name: /caption/ }).waitFor();
  await page.locator(".job-link").first().click();
  assert.ok((await sets(page)) >= 1);
  assert.deepEqual(complaints, []);
  await close();
});

test("the first view is small", async () => {
  const { page, close } = await open();
  let bytes = 0;
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  const kinds = new Map();
  session.on("Network.responseReceived", (event) => kinds.set(event.requestId, event.type));
  session.on("Network.loadingFinished", (event) => {
    if (["Document", "Script", "Stylesheet", "Font"].includes(kinds.get(event.requestId))) bytes += event.encodedDataLength;
  });
  await page.goto(BASE);
  await page.getByRole("button", { name: "Choose a photo" }).waitFor();
  await page.waitForLoadState("networkidle");
  const ready = await page.evaluate(() => performance.getEntriesByType("navigation")[0].domInteractive);
  const paint = await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime);
  console.log(`first_view_kb=${(bytes / 1024).toFixed(1)} interactive_ms=${ready.toFixed(0)} first_paint_ms=${paint?.toFixed(0)}`);
  assert.ok(bytes > 0 && bytes <= 150 * 1024, `${bytes} bytes`);
  await close();
});
