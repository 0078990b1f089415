// The typed client in use, from signing in to a note that two tabs write. `make types` compiles it and runs it against a server.

import { autosave, connect, Refusal, unwrap, withRetries } from "./client.js";
import type { Client, ClientPage, SignedIn } from "./schema.js";

/** Follows the journey at `baseUrl`; throws at the first answer that is not the expected one. */
export async function journey(baseUrl: string, fetch: (request: Request) => Promise<Response>): Promise<void> {
  const api = connect(baseUrl, fetch);

  // Nobody is signed in yet.
  const stranger = await refusalOf(unwrap(api.GET("/api/v1/clients")));
  expect(stranger.problem.status === 401 && stranger.problem.code === "sign_in_required", "strangers are refused");

  const credentials = { email: "owner@example.com", password: "caseload-demo" };
  const reply = await unwrap(api.POST("/api/v1/auth/login", { body: credentials }));
  if ("requires_2fa" in reply) throw new Error("the owner has no second factor");
  const signedIn: SignedIn = reply;
  expect(signedIn.user.role === "owner", "the owner signs in");

  // One key for as long as it takes to have an answer, so that the client is created once.
  const header = { "Idempotency-Key": crypto.randomUUID() };
  const body = { first_name: "Ada", last_name: "Jones", tags: ["knee"] };
  const create = () => unwrap(api.POST("/api/v1/clients", { params: { header }, body }));
  const client: Client = await withRetries(create);
  expect((await create()).id === client.id, "a repeated request creates nothing");

  const query = { search: "jo ad", page: 1, page_size: 20 };
  const page: ClientPage = await unwrap(api.GET("/api/v1/clients", { params: { query } }));
  expect(page.total >= 1 && page.items.some(({ id }) => id === client.id), "the client is found");

  const wrong = await refusalOf(unwrap(api.POST("/api/v1/clients", { body: { first_name: "", last_name: "Jones" } })));
  expect(wrong.problem.status === 422 && wrong.about("first_name") !== undefined, "each fault names its field");
  expect(wrong.about("last_name") === undefined, "what is in order is not named");

  const opened = await unwrap(api.POST("/api/v1/sessions", { body: { client_id: client.id, session_date: new Date().toISOString() } }));
  const first = await autosave(api, opened, { subjective: "Slept badly." });
  expect(first.status === "saved" && first.note.version === opened.version + 1, "the first tab saves");
  const second = await autosave(api, opened, { subjective: "Slept well." });
  if (second.status !== "conflict") throw new Error("the second tab's text should be kept apart");
  const path = { session_id: second.draftId };
  const draft = await unwrap(api.GET("/api/v1/sessions/{session_id}", { params: { path } }));
  expect(draft.subjective === "Slept well.", "nothing typed is lost");

  await unwrap(api.POST("/api/v1/auth/logout"));
  const gone = await refusalOf(unwrap(api.GET("/api/v1/auth/me")));
  expect(gone.problem.status === 401, "signed out is signed out");
}

function expect(fact: boolean, sentence: string): void {
  if (!fact) throw new Error(`not so: ${sentence}`);
}

async function refusalOf(asked: Promise<unknown>): Promise<Refusal> {
  try {
    await asked;
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error("should have been refused");
}
