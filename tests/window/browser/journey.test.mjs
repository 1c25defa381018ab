import { after, test } from "node:test";
import assert from "node:assert/strict";
import { BASE, DESK, open, photoOf, sets, shut, signal, submit, trySample } from "./window.mjs";

after(shut);

test("a photo becomes facets, a brief and sets, without a word in the console", async () => {
  const { page, complaints, close } = await open();
  await submit(page);
  assert.ok((await sets(page)) >= 1);
  await page.locator(".swatch-bar").first().waitFor();
  await page.locator(".product-figure .cutout").waitFor();
  assert.match(await page.locator(".prose").innerText(), /\w+ \w+/);
  assert.ok((await page.locator(".slot").count()) >= 8);
  assert.ok((await page.locator(".set.first .reasons li").count()) >= 1);
  assert.deepEqual(complaints, []);
  await close();
});

test("a sample stands in its sets at its true size, and each says why it fits", async () => {
  const { page, complaints, close } = await open();
  await trySample(page, "tumbler");
  assert.equal(await page.locator("h1").innerText(), "Insulated tumbler");
  await page.locator(".in-set-product").first().waitFor();
  await page.locator(".set-picture").first().click();
  const sheet = page.getByRole("dialog");
  await sheet.getByText("Palette against palette").waitFor();
  assert.match(await sheet.locator(".scale svg").getAttribute("aria-label"), /19\.6 cm tall/);
  assert.ok((await sheet.locator(".reasons li").count()) >= 3);
  await page.keyboard.press("Escape");
  await sheet.waitFor({ state: "detached" });
  assert.deepEqual(complaints, []);
  await close();
});

test("a broken photo is explained, and the next one works", async () => {
  const { page, close } = await open();
  await page.goto(BASE);
  const broken = { name: "x.jpg", mimeType: "image/jpeg", buffer: Buffer.from("\xff\xd8\xff no", "latin1") };
  await page.getByTestId("photo").setInputFiles(broken);
  assert.match(await page.getByRole("alert").innerText(), /cannot be opened/);
  await page.getByTestId("photo").setInputFiles(photoOf("mug"));
  assert.ok((await sets(page)) >= 1);
  await close();
});

test("hints go along: title, category and size", async () => {
  const { page, close } = await open();
  await page.goto(BASE);
  await page.getByText("Say more about it").click();
  await page.getByLabel("Title").fill("Steel tumbler");
  await page.getByLabel("Category").selectOption("product_category/insulated-tumbler");
  await page.getByLabel("Height").fill("19.6");
  await page.getByTestId("photo").setInputFiles(photoOf("tumbler"));
  await page.getByRole("button", { name: "Find the set" }).click();
  await sets(page);
  assert.match(await page.locator(".product-said").innerText(), /Steel tumbler/);
  assert.match(await page.locator(".sketch-note").innerText(), /true size/);
  await close();
});

test("a waiting job can be canceled", async () => {
  const { page, close } = await open();
  signal("vision_worker", "SIGSTOP");
  try {
    await submit(page);
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("heading", { name: "Canceled" }).waitFor();
    await page.getByRole("link", { name: "Another photo" }).click();
    await page.getByRole("button", { name: "Choose a photo" }).waitFor();
  } finally {
    signal("vision_worker", "SIGCONT");
  }
  await close();
});

test("a reload in the middle resumes", async () => {
  const { page, close } = await open();
  signal("vision_worker", "SIGSTOP");
  try {
    await submit(page);
    await page.locator(".progress.running").waitFor();
    await page.reload();
    await page.locator(".progress.running").waitFor();
  } finally {
    signal("vision_worker", "SIGCONT");
  }
  assert.ok((await sets(page)) >= 1);
  await close();
});

test("without the event stream the page still follows", async () => {
  const { page, close } = await open();
  await page.route("**/events", (route) => route.abort());
  await submit(page);
  assert.ok((await sets(page)) >= 1);
  await close();
});

test("while the API is away the page says so, and goes on when it is back", async () => {
  const { page, close } = await open();
  signal("vision_worker", "SIGSTOP");
  try {
    await submit(page);
    await page.context().setOffline(true);
    await page.reload().catch(() => undefined);
    await page.context().setOffline(false);
    await page.reload();
    await page.locator(".progress.running").waitFor();
    await page.route("**/v1/jobs/**", (route) => route.abort());
    await page.reload();
    await page.getByText("The connection is lost").waitFor();
    await page.unroute("**/v1/jobs/**");
  } finally {
    signal("vision_worker", "SIGCONT");
  }
  assert.ok((await sets(page)) >= 1);
  await close();
});

test("the seller's own sentence finds other sets, as a new job with the same product", async () => {
  const { page, complaints, close } = await open();
  await trySample(page, "mug");
  const before = page.url();
  await page.getByRole("button", { name: "Lock mood" }).click();
  await page.locator(".own-words textarea").fill("a dark studio with a rim light, no plants");
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => url.href !== before);
  await page.getByText("As you asked for it").waitFor();
  assert.match(await page.locator(".prose").innerText(), /dark studio/);
  await sets(page);
  assert.deepEqual(complaints, []);
  await close();
});

test("a slot is changed, a set pinned, and more like it found", async () => {
  const { page, close } = await open();
  await trySample(page, "book");
  const first = await page.locator(".set.first h3").innerText();
  await page.getByRole("button", { name: `Pin: ${first}` }).click();
  await page.getByRole("button", { name: "Pinned", exact: true }).click();
  assert.equal(await sets(page), 1);
  let before = page.url();
  await page.getByRole("button", { name: "Change light" }).click();
  await page.getByRole("combobox", { name: "Add to light" }).fill("candle");
  await page.keyboard.press("Enter");
  await page.getByText("candlelight", { exact: false }).first().waitFor();
  await page.getByRole("button", { name: "Find sets again" }).click();
  await page.waitForURL((url) => url.href !== before);
  await page.getByText("As you asked for it").waitFor();
  await sets(page);
  before = page.url();
  await page.locator(".set.first").getByRole("button", { name: /^Less like/ }).click();
  await page.waitForURL((url) => url.href !== before);
  await sets(page);
  await close();
});

test("a picture is taken in a set and can be downloaded", async () => {
  const { page, close } = await open();
  await trySample(page, "tumbler");
  await page.locator(".set-picture").first().click();
  await page.getByLabel("For").selectOption("wide");
  await page.getByRole("button", { name: "Quick draft" }).click();
  const link = page.getByRole("link", { name: "Download" });
  await link.waitFor();
  const answer = await page.request.get(await link.getAttribute("href"));
  assert.equal(answer.status(), 200);
  assert.match(answer.headers()["content-type"], /^image\//);
  await page.getByLabel("Before and after").fill("60");
  await page.getByRole("button", { name: "Copy link" }).click();
  await page.getByText("Copied").waitFor();
  await close();
});

test("in Korean everything is Korean", async () => {
  const { page, complaints, close } = await open({ ...DESK, locale: "ko-KR" });
  await trySample(page, "book");
  assert.equal(await page.locator("html").getAttribute("lang"), "ko");
  assert.match(await page.locator(".prose").innerText(), /[가-힣]{2}/);
  const latin = await page.locator(".slots, .set-words").allInnerTexts();
  const words = latin.join(" ").match(/\b[a-z]{4,}\b/g) ?? [];
  assert.deepEqual([...new Set(words)], []);
  await page.getByRole("button", { name: "English" }).click();
  await page.getByText("The brief", { exact: true }).waitFor();
  assert.deepEqual(complaints, []);
  await close();
});
