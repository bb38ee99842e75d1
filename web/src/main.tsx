/** Where the client begins. */
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { HashRouter } from "react-router";

import { ApiError } from "./api/client";
import { App } from "./app/App";
import { LookProvider } from "./look/look";
import { NoticeProvider } from "./parts/Notices";
import "./styles/base.css";
import "./styles/parts.css";
import "./styles/shell.css";

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      refetchOnWindowFocus: false,
      // What the server refused it will refuse again; only silence is worth another attempt.
      retry: (failures, error) => failures < 2 && (!(error instanceof ApiError) || error.status === 0 || error.status >= 502),
    },
  },
});

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no element #root.");
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <LookProvider>
        <NoticeProvider>
          {/* The state is behind the hash, so a link works under any prefix and needs nothing of the server. */}
          <HashRouter>
            <App />
          </HashRouter>
        </NoticeProvider>
      </LookProvider>
    </QueryClientProvider>
  </StrictMode>,
);
