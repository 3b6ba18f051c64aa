/** Sources where nothing can be fetched: every request is answered with the reason, which becomes a problem of the plan. */
import type { SourceRequest, Sources } from "../ports.ts";

export const noSources: Sources = {
  fetch: async (request) => ({
    outcome: "unavailable",
    reason: "offline",
    message: `${nameOf(request)} is not fetched in VS Code for the Web. Open the repository in VS Code on a desktop to include it.`,
  }),
};

function nameOf(request: SourceRequest): string {
  switch (request.kind) {
    case "git":
    case "http":
    case "oci":
      return request.url;
    case "chart":
      return `Chart ${request.name} of ${request.repository}`;
    case "bucket":
      return `Bucket ${request.bucket} of ${request.endpoint}`;
  }
}
