/** Where Sluice keeps what it can fetch or compute again. */
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/** The platform's own place for caches (XDG base directory specification, and its counterparts). */
export function defaultCacheDir(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform = process.platform,
): string {
  const home = env["HOME"] ?? homedir();
  const xdg = env["XDG_CACHE_HOME"];
  if (xdg !== undefined && isAbsolute(xdg)) return join(xdg, "sluice");
  if (platform === "win32")
    return join(env["LOCALAPPDATA"] ?? join(home, "AppData", "Local"), "sluice", "cache");
  if (platform === "darwin") return join(home, "Library", "Caches", "sluice");
  return join(home, ".cache", "sluice");
}
