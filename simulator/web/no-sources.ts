/** Sources where nothing can be fetched: every request is answered with the reason, which becomes a problem of the plan. */
import type { Sources } from "../ports.ts";

export const noSources: Sources = {
  fetch: async ({ url }) => ({
    outcome: "unavailable",
    reason: "offline",
    message: `${url} is not fetched in VS Code for the Web. Open the repository in VS Code on a desktop to include it.`,
  }),
};
