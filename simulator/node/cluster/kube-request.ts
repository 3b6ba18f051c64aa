/** Starts a request to an API server, past VS Code where it would be in the way. */
import type { IncomingMessage } from "node:http";
import { ClientRequest } from "node:http";
import type { RequestOptions } from "node:https";
import { request as requestByTls } from "node:https";
import { urlToHttpOptions } from "node:url";

import type { Endpoint } from "./kube-client.ts";

/**
 * VS Code replaces `request` by one of its own that puts another agent in place of ours for all but this machine, without kept connections:
 * a plan would shake hands for each object (`@vscode/proxy-agent`, microsoft/vscode#228872). What it gives instead are the authorities that
 * the system trusts, which matters where the kubeconfig names none; only then it has its way. Proxies are the agent's, as for kubectl.
 */
export function startRequest(
  url: URL,
  endpoint: Endpoint,
  options: Pick<RequestOptions, "method" | "headers" | "signal">,
  onResponse: (response: IncomingMessage) => void,
): ClientRequest {
  const { agent, tls = {}, lookup } = endpoint;
  const all = { ...tls, ...options, agent, ...(lookup === undefined ? {} : { lookup }) };
  const trustsSystem =
    url.protocol === "https:" && tls.ca === undefined && tls.rejectUnauthorized !== false;
  if (trustsSystem) return requestByTls(url, all, onResponse);
  return new ClientRequest({ ...urlToHttpOptions(url), ...all }, onResponse);
}
