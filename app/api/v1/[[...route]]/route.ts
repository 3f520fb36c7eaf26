import { createApi } from "#lib/api/create-api.ts";

export const dynamic = "force-dynamic";

const api = createApi();
const handle = (request: Request) => api.fetch(request);

export { handle as DELETE, handle as GET, handle as PATCH, handle as POST, handle as PUT };
