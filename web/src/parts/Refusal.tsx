/** What a question needs and does not find is an answer, not a fault. */
import { ApiError } from "../api/client";
import { useLook } from "../look/look";
import { Empty, Failed, useMessage } from "./States";

export function Refusal({ error, retry, space = "digital" }: { error: unknown; retry: () => void; space?: "physical" | "digital" | "none" }) {
  const { w } = useLook();
  const message = useMessage(error);
  if (!(error instanceof ApiError) || error.status !== 422) return <Failed error={error} retry={retry} />;
  return (
    <Empty title={w("notComputable")} space={space}>
      {message}
    </Empty>
  );
}
