// Follows a subscription by graphql-sse's own client; one line of JSON for each event.
import { createClient } from 'graphql-sse';

const [url, token, query, variables] = process.argv.slice(2);
const client = createClient({ url, headers: { Authorization: `Bearer ${token}` }, retryAttempts: 0 });
for await (const told of client.iterate({ query, variables: JSON.parse(variables) })) {
  console.log(JSON.stringify(told));
}
