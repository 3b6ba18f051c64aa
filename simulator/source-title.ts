/** How a person calls what is fetched. */
import type { SourceRequest } from "./ports.ts";

/** The address, with the chart or bucket where the address alone does not say it. Holds no credentials of its own. */
export function sourceTitle(request: SourceRequest): string {
  switch (request.kind) {
    case "git":
    case "http":
    case "oci":
      return request.url;
    case "chart":
      return `${request.repository} chart ${request.name} ${request.version}`.trimEnd();
    case "bucket":
      return `${request.endpoint}/${request.bucket}`;
  }
}
