/** The three filters of the Preview. */
import type { PreviewFilter } from "../model/preview-tree.ts";
import type { Services } from "./services.ts";

export const showChanges = (services: Services) => choose(services, "changes");
export const showProblems = (services: Services) => choose(services, "problems");
export const showEverything = (services: Services) => choose(services, "everything");

function choose({ settings, preview }: Services, filter: PreviewFilter): () => Promise<void> {
  return async () => {
    await settings.chooseFilter(filter);
    preview.update();
  };
}
