// What the tests of the user interface use of the plain JavaScript in scripts/.
declare module "*/scripts/install-vscode.mjs" {
  export function serverHost(name?: string): {
    readonly nodePath: string;
    readonly vscodeRoot: string;
  };
}
declare module "*/scripts/demo-repository.mjs" {
  export function makeDemoRepository(examples: string, target: string): Promise<void>;
}
declare module "*/scripts/vscode.mjs" {
  import type { Browser, Page } from "playwright-core";

  export interface StartOptions {
    readonly nodePath: string;
    readonly vscodeRoot: string;
    readonly automation?: boolean;
    readonly extensionsDir?: string;
    readonly settings?: object;
    readonly env?: Readonly<Record<string, string>>;
    readonly logFile?: string;
  }
  export function startServer(
    options: StartOptions,
  ): Promise<{ readonly port: number; stop(): Promise<void> }>;
  export function openBrowser(options?: {
    readonly viewport?: { readonly width: number; readonly height: number };
  }): Promise<{
    readonly browser: Browser;
    readonly page: Page;
  }>;
  export function workbenchUrl(port: number, options: { readonly workspace?: string }): string;
}
