// A client of the API for a browser's front end: cookies, CSRF, refusals, repeated requests, and notes that two people write.

import createApi, { type Middleware } from "openapi-fetch";
import type { DraftUpdate, Problem, Session, paths } from "./schema.js";

export type Api = ReturnType<typeof connect>;

/** The problem (RFC 9457) with which the server refused a request. Decide by `problem.code`. */
export class Refusal extends Error {
  readonly problem: Problem;
  /** Seconds to wait before the same request can succeed; null where waiting does not help. */
  readonly retryAfter: number | null;

  constructor(problem: Problem, retryAfter: number | null) {
    super(problem.detail);
    this.name = "Refusal";
    this.problem = problem;
    this.retryAfter = retryAfter;
  }

  /** The sentence about one member of the body, to be shown beside its field; undefined where it is in order. */
  about(member: string): string | undefined {
    return this.problem.errors?.find((fault) => fault.pointer === `/${member}`)?.detail;
  }
}

/** The API at `baseUrl`: empty for the front end's own origin. */
export function connect(baseUrl = "", fetch: (request: Request) => Promise<Response> = (request) => globalThis.fetch(request)) {
  let received = "";
  const csrfToken: Middleware = {
    onRequest({ request }) {
      // The cookie first: somebody may have signed in in another tab. A page of another origin cannot read it.
      const csrf = csrfCookie() ?? received;
      if (request.method !== "GET" && csrf !== "") request.headers.set("X-CSRF-Token", csrf);
    },
    onResponse({ response }) {
      // Sent by every reply that signs in or renews.
      received = response.headers.get("X-CSRF-Token") ?? received;
    },
  };
  const api = createApi<paths>({ baseUrl, fetch, credentials: "include" });
  api.use(csrfToken);
  return api;
}

function csrfCookie(): string | undefined {
  return typeof document === "undefined" ? undefined : /(?:^|; )csrf_token=([^;]*)/.exec(document.cookie)?.[1];
}

/** The body of a reply. Throws Refusal where the server answered with a problem. */
export async function unwrap<T>(asked: Promise<{ data?: T; error?: Problem; response: Response }>): Promise<T> {
  const { data, error, response } = await asked;
  if (!response.ok) {
    const wait = response.headers.get("Retry-After");
    throw new Refusal(problemOf(error, response), wait === null ? null : Number(wait));
  }
  return data as T;
}

/**
 * Tries again when the reply was lost, and when the server says when to (429, 503, 409 under the same key).
 * For reads, and for writes with an Idempotency-Key.
 */
export async function withRetries<T>(ask: () => Promise<T>, attempts = 3): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask();
    } catch (error) {
      // A TypeError is how fetch says that no reply arrived.
      const wait = error instanceof TypeError ? 1 : error instanceof Refusal ? error.retryAfter : null;
      if (wait === null || attempt >= attempts) throw error;
      await new Promise((resolve) => setTimeout(resolve, wait * 1000));
    }
  }
}

/** What became of a save: the note as it is now, or the draft that keeps what came too late. */
export type Saved = { status: "saved"; note: Session } | { status: "conflict"; draftId: string; currentVersion: number };

/**
 * Saves what somebody typed into `note`, unless the note has changed since it was read. A save without a person never names a version that
 * the person has not read. To repeat a save whose reply was lost, pass its `key` again.
 */
export async function autosave(api: Api, note: Session, changes: DraftUpdate, key: string = crypto.randomUUID()): Promise<Saved> {
  const path = { session_id: note.id };
  const seen = note.pending_amendment?.base_version ?? note.version;
  const header = { "if-match": `"${seen}"`, "Idempotency-Key": key };
  try {
    const save = () => unwrap(api.PATCH("/api/v1/sessions/{session_id}/draft", { params: { path, header }, body: changes }));
    return { status: "saved", note: await withRetries(save) };
  } catch (error) {
    if (!(error instanceof Refusal) || error.problem.code !== "stale_version") throw error;
    const { conflict_session_id, current_version } = error.problem;
    return { status: "conflict", draftId: String(conflict_session_id), currentVersion: Number(current_version) };
  }
}

/** The problem itself, or one made up for a reply that is none: a proxy's error page. */
function problemOf(error: Problem | undefined, response: Response): Problem {
  if (typeof error === "object" && "code" in error) return error;
  return {
    type: "about:blank",
    title: response.statusText,
    status: response.status,
    detail: "The server cannot be reached at the moment.",
    instance: "",
    request_id: response.headers.get("X-Request-ID") ?? "",
    code: "unknown",
  };
}
