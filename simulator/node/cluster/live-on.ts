/**
 * The `Live` port on a connection. One function makes HTTP out of what the simulator asks, and it can make two things only: a GET, and
 * a PATCH that the server is told not to carry out.
 */
import type { Live, LiveRequest, LiveResponse } from "../../ports.ts";
import { ConnectionError, StatusError } from "./connection-error.ts";
import type { ApiRequest, KubeApi } from "./kube-api.ts";

/** An object or a page of a list; more than that is not worth waiting for. */
const maxBody = 64 * 1024 * 1024;
/** The server takes longer for a dry run when webhooks are asked, up to 30 s each. */
const inactivity = 35_000;

export function liveOn(name: string, api: KubeApi): Live {
  return {
    name,
    async request(request, signal = new AbortController().signal): Promise<LiveResponse> {
      try {
        return { status: 200, body: await api.text(httpOf(request), signal) };
      } catch (error) {
        signal.throwIfAborted();
        return failure(error);
      }
    },
  };
}

const accepts = {
  discovery:
    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json",
  metadata: "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json",
} as const;

function httpOf(request: LiveRequest): ApiRequest {
  if (request.verb === "get") {
    const accept = request.as === undefined ? {} : { accept: accepts[request.as] };
    return { method: "GET", path: request.path, ...accept, inactivity, maxBody };
  }
  const { path, manager, force, body } = request;
  return {
    method: "PATCH",
    path: path.split("?")[0] ?? "",
    query: { dryRun: "All", fieldManager: manager, force: String(force) },
    text: body,
    contentType: "application/apply-patch+yaml",
    inactivity,
    maxBody,
  };
}

function failure(error: unknown): LiveResponse {
  if (error instanceof StatusError)
    return {
      status: error.code,
      body: error.body,
      ...(error.retryAfter === undefined ? {} : { retryAfter: error.retryAfter }),
    };
  const message = error instanceof Error ? error.message : "The request failed.";
  const detail = error instanceof ConnectionError && error.detail !== "" ? ` ${error.detail}` : "";
  // A 401 stays one after new credentials were tried: asking again does not help.
  const isRefused = error instanceof ConnectionError && error.problem === "unauthorized";
  return { status: isRefused ? 401 : 0, body: message + detail };
}
