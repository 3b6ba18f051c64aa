/** What every picture has in common: the themes, where pictures are kept, and that nothing moves while one is taken. */
import { join } from "node:path";

import type { Scheme, Workbench } from "../../test/ui/workbench.ts";
import { root } from "../../test/ui/workbench.ts";

/** The last one is what the next steps are made in. */
const schemes: readonly Scheme[] = ["light", "contrast", "dark"];

/** Settings with which the colours follow the system, which is what a picture changes. */
export const schemeSettings = {
  "window.autoDetectColorScheme": true,
  "window.autoDetectHighContrast": true,
  "workbench.preferredDarkColorTheme": "Default Dark Modern",
  "workbench.preferredLightColorTheme": "Default Light Modern",
  "workbench.preferredHighContrastColorTheme": "Default High Contrast",
  // The server of the browser would count its own ports in the status bar.
  "remote.autoForwardPorts": false,
} as const;

export const images = join(root, "docs", "images");

/** One picture in each of the colours. */
export async function take(
  workbench: Workbench,
  what: string,
  options: TakeOptions = {},
): Promise<void> {
  for (const name of schemes) {
    await workbench.useScheme(name);
    await workbench.settle();
    await isColoured(workbench);
    await workbench.page.locator(".workbench-hover:visible").first().waitFor({ state: "hidden" });
    await options.before?.();
    const path = join(images, `${what}-${name}.png`);
    await workbench.page.screenshot({ path });
  }
  console.log(what);
}

export interface TakeOptions {
  /** What has to be done again each time, since the mouse was taken away: showing a hover. */
  readonly before?: () => Promise<void>;
}

/** Text is coloured a moment after it is there: its lines are in several pieces then. */
async function isColoured({ page }: Workbench): Promise<void> {
  const editor = page.locator(".editor-instance .view-lines").first();
  if (await editor.isVisible())
    await editor.locator(".view-line span > span + span").first().waitFor();
}

/** Uses a workbench and closes it, whatever happens. */
export async function withWorkbench(
  opened: Promise<Workbench>,
  use: (workbench: Workbench) => Promise<void>,
): Promise<void> {
  const workbench = await opened;
  try {
    await use(workbench);
  } catch (error) {
    await workbench.shot("screenshots-failed");
    throw error;
  } finally {
    await workbench.close();
  }
}
