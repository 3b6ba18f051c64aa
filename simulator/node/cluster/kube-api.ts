/**
 * Requests to one API server: JSON, and streams of lines. Knows credentials, cancellation, limits and what an answer means;
 * nothing about Flux. Asks for new credentials once when the server answers 401.
 */
import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { createGunzip } from "node:zlib";

import { isObject, objectAt, textAt } from "../../manifest/json.ts";
import type { JsonObject } from "../../manifest/json.ts";

import { ConnectionError, StatusError, isStatus } from "./connection-error.ts";
import type { Endpoint } from "./kube-client.ts";
import { startRequest } from "./kube-request.ts";

export interface ApiRequest {
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Begins with a slash; names in it are encoded already. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** A body that is text already. */
  readonly text?: string;
  readonly contentType?: string;
  readonly accept?: string;
  /** Milliseconds without a byte after which the connection counts as dead. */
  readonly inactivity?: number;
  /** Bytes of an answer after which it is given up. */
  readonly maxBody?: number;
}

/** Where credentials come from; `renew` is true after a 401. */
export type Connect = (renew: boolean, signal: AbortSignal) => Promise<Endpoint>;

const defaultInactivity = 30_000;
const maxBody = 256 * 1024 * 1024;
const maxRefusal = 100_000;
const maxLine = 32 * 1024 * 1024;

export class KubeApi {
  readonly #connect: Connect;
  #endpoint: Promise<Endpoint> | undefined;
  #renewed = 0;

  constructor(connect: Connect) {
    this.#connect = connect;
  }

  /** The parsed answer. Throws `StatusError` for a refusal and `ConnectionError` where there is no answer. */
  async json(request: ApiRequest, signal: AbortSignal): Promise<JsonObject> {
    const text = await this.text(request, signal);
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      throw new ConnectionError(
        "unreachable",
        "The API server answered with something else than JSON.",
      );
    }
    return isObject(value) ? value : {};
  }

  async text(request: ApiRequest, signal: AbortSignal): Promise<string> {
    return this.#authenticated(async (endpoint) => {
      const body = decoded(await send(endpoint, request, signal));
      const chunks: Buffer[] = [];
      let size = 0;
      for await (const chunk of body as AsyncIterable<Buffer>) {
        size += chunk.length;
        if (size > (request.maxBody ?? maxBody))
          throw new ConnectionError("unreachable", "The answer is too large.");
        chunks.push(chunk);
      }
      return Buffer.concat(chunks).toString("utf8");
    }, signal);
  }

  /** Calls `onLine` with each line until the server ends the stream. */
  async lines(
    request: ApiRequest,
    onLine: (line: string) => void,
    signal: AbortSignal,
  ): Promise<void> {
    await this.#authenticated(async (endpoint) => {
      const body = decoded(await send(endpoint, request, signal));
      const decoder = new StringDecoder("utf8");
      let rest = "";
      for await (const chunk of body as AsyncIterable<Buffer>) {
        rest += decoder.write(chunk);
        const lines = rest.split("\n");
        rest = lines.pop() ?? "";
        if (rest.length > maxLine) throw new ConnectionError("unreachable", "A line is too long.");
        for (const line of lines) if (line !== "") onLine(line);
      }
      if (rest !== "") onLine(rest);
    }, signal);
  }

  /** Gets the credentials, which may take a person's time. */
  async warmUp(signal: AbortSignal): Promise<void> {
    await translated(() => this.#open(false, signal), signal);
  }

  /** Closes idle connections; running requests end with their signals. */
  close(): void {
    void this.#endpoint?.then(({ agent }) => agent.destroy()).catch(() => undefined);
    this.#endpoint = undefined;
  }

  async #authenticated<T>(
    use: (endpoint: Endpoint) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    const generation = this.#renewed;
    try {
      return await translated(async () => use(await this.#open(false, signal)), signal);
    } catch (error) {
      if (!isStatus(error, 401)) throw error;
    }
    // Several requests meet the same expired token: only the first one renews it.
    if (generation === this.#renewed) {
      this.#renewed++;
      this.close();
    }
    try {
      return await translated(async () => use(await this.#open(true, signal)), signal);
    } catch (error) {
      if (!isStatus(error, 401)) throw error;
      throw new ConnectionError(
        "unauthorized",
        "The API server does not accept the credentials of this context.",
        error.message,
      );
    }
  }

  async #open(renew: boolean, signal: AbortSignal): Promise<Endpoint> {
    const known = await this.#endpoint?.catch(() => undefined);
    // A client certificate that ended is refused before the server could say 401.
    if (known?.expires !== undefined && known.expires <= Date.now()) this.close();
    const endpoint = (this.#endpoint ??= this.#connect(renew, signal));
    endpoint.catch(() => {
      if (this.#endpoint === endpoint) this.#endpoint = undefined;
    });
    return endpoint;
  }
}

function send(
  endpoint: Endpoint,
  { method = "GET", path, query = {}, body, ...rest }: ApiRequest,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const url = new URL(endpoint.server + path);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  const text = rest.text ?? (body === undefined ? undefined : JSON.stringify(body));
  const headers = {
    Accept: rest.accept ?? "application/json",
    "Accept-Encoding": "gzip",
    "User-Agent": "sluice",
    ...(text === undefined ? {} : { "Content-Type": rest.contentType ?? "application/json" }),
    ...endpoint.headers,
  };
  return new Promise((resolve, reject) => {
    const request = startRequest(url, endpoint, { method, headers, signal }, (response) => {
      const { statusCode = 0 } = response;
      if (statusCode >= 200 && statusCode < 300) return resolve(response);
      refusal(response).then(reject, reject);
    });
    const inactivity = rest.inactivity ?? defaultInactivity;
    request.setTimeout(inactivity, () =>
      request.destroy(
        new ConnectionError("unreachable", `The API server was silent for ${inactivity / 1000} s.`),
      ),
    );
    request.on("error", reject);
    request.end(text);
  });
}

function decoded(response: IncomingMessage): Readable {
  if (response.headers["content-encoding"] !== "gzip") return response;
  const gunzip = createGunzip();
  response.on("error", (error) => gunzip.destroy(error));
  return response.pipe(gunzip);
}

/** The `Status` object of a refusal, read up to a limit. */
async function refusal(response: IncomingMessage): Promise<StatusError> {
  let text = "";
  for await (const chunk of decoded(response) as AsyncIterable<Buffer>) {
    text += chunk.toString("utf8");
    if (text.length > maxRefusal) {
      response.destroy();
      break;
    }
  }
  const code = response.statusCode ?? 0;
  const retryAfter = Number(response.headers["retry-after"]);
  let status: unknown;
  try {
    status = JSON.parse(text);
  } catch {
    status = undefined;
  }
  const message = textAt(status, "message") ?? `HTTP ${code}`;
  const reason = textAt(status, "reason") ?? "";
  return new StatusError(code, reason, message, {
    ...(retryAfter > 0 ? { retryAfter } : {}),
    body: text,
  });
}

/** An ERROR event of a watch carries the same object. */
export function statusErrorOf(status: JsonObject): StatusError {
  const code = typeof status["code"] === "number" ? status["code"] : 500;
  const seconds = objectAt(status, "details")["retryAfterSeconds"];
  return new StatusError(
    code,
    textAt(status, "reason") ?? "",
    textAt(status, "message") ?? `HTTP ${code}`,
    typeof seconds === "number" ? { retryAfter: seconds } : {},
  );
}

async function translated<T>(run: () => Promise<T>, signal: AbortSignal): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof StatusError || error instanceof ConnectionError) throw error;
    throw toConnectionError(error);
  }
}

const certificateCodes =
  /^(CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_TLS_CERT|HOSTNAME_MISMATCH|INVALID_CA)/;

function toConnectionError(error: unknown): ConnectionError {
  const code = textAt(error, "code") ?? "";
  const detail = error instanceof Error ? error.message : String(error);
  if (certificateCodes.test(code))
    return new ConnectionError(
      "certificate",
      "The certificate of the API server is not trusted by this context.",
      detail,
    );
  const words: Readonly<Record<string, string>> = {
    ECONNREFUSED: "Nothing listens at the address of the API server.",
    ENOTFOUND: "The name of the API server can't be resolved.",
    ECONNRESET: "The connection to the API server broke.",
    ETIMEDOUT: "The API server did not answer.",
    EHOSTUNREACH: "The API server can't be reached from here.",
    ENETUNREACH: "The API server can't be reached from here.",
  };
  return new ConnectionError(
    "unreachable",
    words[code] ?? "The API server can't be reached.",
    detail,
  );
}
