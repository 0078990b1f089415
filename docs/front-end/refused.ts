// What the compiler refuses: each line below is an error that the types find. The compilation fails where one is not found any more.

import { connect, unwrap } from "./client.js";

export async function refused(): Promise<void> {
  const api = connect();
  // @ts-expect-error last_name is required
  await api.POST("/api/v1/clients", { body: { first_name: "Ada" } });
  // @ts-expect-error a member cleared by null, which this one cannot be
  await api.PATCH("/api/v1/workspaces/current", { body: { name: null } });
  // @ts-expect-error no such name in the query
  await api.GET("/api/v1/clients", { params: { query: { serach: "ad" } } });
  // @ts-expect-error no such path
  await api.GET("/api/v1/client");
  // @ts-expect-error no such method of this path
  await api.DELETE("/api/v1/clients");
  // @ts-expect-error no such status
  await api.GET("/api/v1/appointments", { params: { query: { status: "attended" } } });
  const client = await unwrap(api.GET("/api/v1/clients/{client_id}", { params: { path: { client_id: crypto.randomUUID() } } }));
  // @ts-expect-error may be null
  client.email.toLowerCase();
  // @ts-expect-error no such member
  client.nickname;
}
