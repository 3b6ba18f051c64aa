/** A VS Code with the packaged extension installed, opened in a browser, and the gestures that tests make in it. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import type { Locator, Page } from "playwright-core";

import { makeDemoRepository } from "../../scripts/demo-repository.mjs";
import { serverHost } from "../../scripts/install-vscode.mjs";
import { openBrowser, startServer, workbenchUrl } from "../../scripts/vscode.mjs";

export const root = fileURLToPath(new URL("../..", import.meta.url));
const shots = join(root, ".cache", "screenshots");

/** What the system says it likes, the class that the workbench has then. The theme follows with `window.autoDetectColorScheme`. */
const schemes = {
  dark: [{ colorScheme: "dark", forcedColors: "none" }, "vs-dark"],
  light: [{ colorScheme: "light", forcedColors: "none" }, "vs"],
  contrast: [{ colorScheme: "dark", forcedColors: "active" }, "hc-black"],
} as const;

export type Scheme = keyof typeof schemes;

export interface Workbench {
  readonly page: Page;
  tree(name: string): Locator;
  /** Runs a command of the palette by its title. */
  run(title: string): Promise<void>;
  /** Clicks an entry of the quick pick that is open. */
  choose(label: string): Promise<void>;
  /** Replaces the text of the input box that is open, and confirms it. */
  answer(text: string): Promise<void>;
  openFile(name: string, folder: string): Promise<void>;
  replaceInEditor(from: string, to: string): Promise<void>;
  /** Drags the border between side bar and editor to the right. */
  widenSideBar(pixels: number): Promise<void>;
  /** Shows everything in other colours. */
  useScheme(scheme: Scheme): Promise<void>;
  /** Waits until nothing moves any more: for pictures. */
  settle(): Promise<void>;
  /** A picture for whoever looks into a failure. */
  shot(name: string): Promise<void>;
  close(): Promise<void>;
}

/** `demo`: the example repository with edits that are not committed; `empty`: a folder without a file; or a folder that is there. */
export async function openWorkbench(
  workspace: "demo" | "empty" | { readonly folder: string },
  theme = "Default Dark Modern",
  settings: Readonly<Record<string, unknown>> = {},
  env: Readonly<Record<string, string>> = {},
): Promise<Workbench> {
  mkdirSync(shots, { recursive: true });
  const scratch = mkdtempSync(join(tmpdir(), "sluice-ui-"));
  const folder = typeof workspace === "object" ? workspace.folder : join(scratch, "platform");
  if (workspace === "demo") await makeDemoRepository(join(root, "examples"), folder);
  else mkdirSync(folder, { recursive: true });
  const extensionsDir = join(scratch, "extensions");
  const host = serverHost();
  install(host, scratch, extensionsDir);
  const server = await startServer({
    ...host,
    automation: false,
    extensionsDir,
    env: { XDG_CACHE_HOME: join(scratch, "cache"), ...env },
    logFile: join(shots, `server-${typeof workspace === "object" ? "folder" : workspace}.log`),
    settings: {
      "workbench.colorTheme": theme,
      "window.commandCenter": false,
      "window.title": "${activeEditorShort}${separator}${rootName}",
      ...settings,
    },
  });
  const { browser, page } = await openBrowser({ viewport: { width: 1280, height: 800 } });
  page.setDefaultTimeout(120_000); // patience for a busy machine, no measure
  await page.goto(workbenchUrl(server.port, { workspace: folder }));
  await page.locator(".monaco-workbench").waitFor();
  return {
    ...gestures(page),
    page,
    async useScheme(name) {
      const [media, kind] = schemes[name];
      await page.emulateMedia(media);
      await page.locator(`.monaco-workbench.${kind}`).waitFor();
    },
    async close() {
      await browser.close();
      await server.stop();
      rmSync(scratch, { recursive: true, force: true });
    },
  };
}

function install(
  { nodePath, vscodeRoot }: ReturnType<typeof serverHost>,
  scratch: string,
  extensionsDir: string,
): void {
  const arguments_ = [
    join(vscodeRoot, "out", "server-main.js"),
    ...["--accept-server-license-terms", "--server-data-dir", join(scratch, "install")],
    ...[
      "--extensions-dir",
      extensionsDir,
      "--install-extension",
      join(root, "dist", "sluice.vsix"),
    ],
  ];
  execFileSync(nodePath, arguments_, { stdio: ["ignore", "ignore", "inherit"] });
}

function gestures(page: Page): Omit<Workbench, "page" | "useScheme" | "close"> {
  const quickInput = page.locator(".quick-input-widget .quick-input-box input");
  /** Opens the quick input, fills it and picks a row. The box closes again when an editor that is still opening takes the focus. */
  const pick = async (key: string, text: string, label: string): Promise<void> => {
    const row = page.locator(".quick-input-list .monaco-list-row", { hasText: label }).first();
    for (let tries = 5; ; tries--) {
      await page.keyboard.press(key);
      try {
        await quickInput.waitFor({ timeout: 10_000 });
        // Filled, not typed: early keys get lost while the box opens.
        await quickInput.fill(text, { timeout: 10_000 });
        // A busy machine may look for a file for long; only where the box closed it is opened again.
        const closed = quickInput.waitFor({ state: "hidden" }).then(() => {
          throw new Error("the box closed");
        });
        closed.catch(() => undefined);
        await Promise.race([row.waitFor(), closed]);
        await row.click({ timeout: 10_000 });
        return;
      } catch (error) {
        if (tries === 1) throw error;
        await page.keyboard.press("Escape");
      }
    }
  };
  const run = (title: string): Promise<void> =>
    pick("F1", `>${title}`, title.split(": ").at(-1) ?? title);
  return {
    run,
    async choose(label) {
      await page.locator(".quick-input-list .monaco-list-row", { hasText: label }).first().click();
    },
    async answer(text) {
      await page.locator(".quick-input-message", { hasText: "Press 'Enter' to confirm" }).waitFor();
      await quickInput.fill(text);
      await quickInput.press("Enter");
    },
    tree: (name) => page.getByRole("tree", { name }),
    async openFile(name, folder) {
      await pick("Control+p", `${folder}/${name}`, name);
      await page.getByRole("tab", { name: new RegExp(`^${name}`) }).waitFor();
    },
    async replaceInEditor(from, to) {
      // Each editor that was searched in has a widget of its own.
      const widget = page.locator(".find-widget.visible");
      const find = widget.locator("textarea, .input").first();
      // Keys that arrive while the workbench is busy opening an editor are lost.
      for (let tries = 0; tries < 5 && !(await find.isVisible()); tries++) {
        await page.locator(".editor-instance .view-lines").first().click();
        await page.keyboard.press("Control+h");
        await find.waitFor({ timeout: 5_000 }).catch(() => undefined);
      }
      await find.waitFor();
      await find.fill(from);
      await widget.getByRole("textbox", { name: "Replace" }).first().fill(to);
      await page.keyboard.press("Control+Alt+Enter");
      await page.keyboard.press("Escape");
    },
    async widenSideBar(pixels) {
      const box = await page.locator(".part.sidebar").boundingBox();
      if (!box) throw new Error("there is no side bar");
      const [x, y] = [box.x + box.width, box.y + 300];
      await page.mouse.move(x, y);
      await page.mouse.down();
      await page.mouse.move(x + pixels, y, { steps: 5 });
      await page.mouse.up();
    },
    async settle() {
      // Over the title of the window nothing opens by itself.
      await page.mouse.move(640, 4);
      await page.evaluate(
        () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
      );
      await page
        .locator(".monaco-progress-container.active")
        .first()
        .waitFor({ state: "hidden" })
        .catch(() => {});
      await page.waitForLoadState("networkidle");
    },
    async shot(name) {
      await page.screenshot({ path: join(shots, `${name.replace(/\W+/g, "-")}.png`) });
    },
  };
}
