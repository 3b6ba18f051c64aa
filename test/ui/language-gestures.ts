/** What a person does with the language features, by keyboard and mouse: for tests and for pictures. */
import type { Locator } from "playwright-core";

import type { Workbench } from "./workbench.ts";

/** Selects the first place of a text in the editor that is open, as a person does who looks for it. */
export async function select({ page }: Workbench, text: string): Promise<void> {
  const find = page.locator(".find-widget.visible").first();
  const box = find.locator("textarea, .input").first();
  // Keys that arrive while the workbench is busy opening an editor are lost.
  for (let tries = 0; tries < 5 && !(await box.isVisible()); tries++) {
    await page.locator(".editor-instance .view-lines").first().click();
    await page.keyboard.press("Control+Home");
    await page.keyboard.press("Control+f");
    await box.waitFor({ timeout: 5_000 }).catch(() => undefined);
  }
  await box.fill(text);
  await find.locator(".matchesCount", { hasText: /^1 of / }).waitFor();
  await page.keyboard.press("Escape");
  await find.waitFor({ state: "hidden" }).catch(() => undefined);
}

/** Types it over what is selected, key by key. */
export async function type({ page }: Workbench, text: string): Promise<void> {
  await page.keyboard.type(text, { delay: 20 });
}

/** The lines under errors. What a push would delete is a warning that comes with the first simulation. */
export function squiggles({ page }: Workbench): Locator {
  return page.locator(".editor-instance .cdr.squiggly-error");
}

/** Opens the menu of quick fixes where the cursor is. */
export async function openQuickFixes({ page }: Workbench, title: RegExp): Promise<Locator> {
  const fix = page.locator(".action-widget .monaco-list-row", { hasText: title }).first();
  if (await fix.isVisible()) return fix;
  for (let tries = 5; ; tries--) {
    await page.keyboard.press("Control+.");
    try {
      await fix.waitFor({ timeout: 6_000 });
      return fix;
    } catch (error) {
      if (tries === 1) throw error;
      await page.keyboard.press("Escape");
    }
  }
}

/** Rests the mouse on a text of the editor; the hover that has `content` in it. */
export async function hover(
  { page }: Workbench,
  text: string | RegExp,
  content: RegExp,
): Promise<Locator> {
  const target = page.locator(".editor-instance .view-line", { hasText: text }).first();
  const shown = page.locator(".monaco-hover:visible", { hasText: content }).first();
  const word = target.locator("span", { hasText: text }).last();
  for (let tries = 5; ; tries--) {
    await page.mouse.move(5, 5);
    await word.hover();
    try {
      await shown.waitFor({ timeout: 6_000 });
      return shown;
    } catch (error) {
      if (tries === 1) throw error;
    }
  }
}

/** Opens the list of completions and waits for an entry. */
export async function complete({ page }: Workbench, label: string): Promise<Locator> {
  const entry = page
    .locator(".suggest-widget.visible .monaco-list-row", { hasText: label })
    .first();
  // The same keys would show its details.
  if (await entry.isVisible()) return entry;
  for (let tries = 5; ; tries--) {
    await page.keyboard.press("Control+Space");
    try {
      await entry.waitFor({ timeout: 6_000 });
      return entry;
    } catch (error) {
      if (tries === 1) throw error;
      await page.keyboard.press("Escape");
    }
  }
}

/** Gives what the cursor is on another name; with `preview` the changes are shown first. */
export async function rename(
  { page }: Workbench,
  name: string,
  key: "Enter" | "Control+Enter",
): Promise<void> {
  const box = page.locator(".rename-box input.rename-input").first();
  for (let tries = 0; tries < 5 && !(await box.isVisible()); tries++) {
    await page.keyboard.press("F2");
    await box.waitFor({ timeout: 6_000 }).catch(() => undefined);
  }
  await box.fill(name);
  await box.press(key);
  await box.waitFor({ state: "hidden" });
}
