import { Link } from "react-router";

import { useLook } from "../look/look";
import { Empty } from "../parts/States";

export function NotFound() {
  const { w } = useLook();
  return (
    <main id="main" className="page" tabIndex={-1}>
      <Empty
        title={w("notFound")}
        space="physical"
        action={
          <Link to="/" className="button">
            {w("goHome")}
          </Link>
        }
      >
        {w("notFoundWhy")}
      </Empty>
    </main>
  );
}
