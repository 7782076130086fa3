// The query editor for developers. Who is signed in to the pages is signed in here too, by cookie;
// anybody else puts a token into the tab "Headers".
const WELCOME = `# Ctrl+Enter asks. Ctrl+Space offers what can stand where the cursor is.
# Sign in on the pages, or send a token: {"Authorization": "Bearer …"} in the tab "Headers".

{
  status { state productVersion modelVersion }
  viewer { name role }
}
`;

const socket = new URL("/graphql", location.href);
socket.protocol = socket.protocol.replace("http", "ws");

const fetcher = GraphiQL.createFetcher({ url: "/graphql", subscriptionUrl: socket.href });
const editor = React.createElement(GraphiQL, {
  fetcher,
  defaultQuery: WELCOME,
  shouldPersistHeaders: false, // a token does not belong in the browser's storage
});
ReactDOM.createRoot(document.querySelector("#editor")).render(editor);
