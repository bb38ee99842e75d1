/** What is computed only when it comes into sight: a long page then asks for what is read. */
import { useEffect, useRef, useState, type ReactNode } from "react";

/** Pixels before it is in sight. */
const AHEAD = "240px";

export function Seen({ height, children }: { height: number; children: ReactNode }) {
  const box = useRef<HTMLDivElement>(null);
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    const element = box.current;
    if (!element || seen) return undefined;
    const observer = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && setSeen(true), { rootMargin: AHEAD });
    observer.observe(element);
    return () => observer.disconnect();
  }, [seen]);
  return (
    <div ref={box} style={seen ? undefined : { minHeight: height }}>
      {seen ? children : null}
    </div>
  );
}
