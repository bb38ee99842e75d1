import { describe, expect, it } from "vitest";
import { nameIn } from "./name";

describe("names in two languages", () => {
  it("are shown in the one that is read", () => {
    expect(nameIn("zh", "Lanting District 2 岚汀2号片区")).toBe("岚汀2号片区");
    expect(nameIn("en", "Lanting District 2 岚汀2号片区")).toBe("Lanting District 2");
  });
  it("in one language stay whole", () => {
    expect(nameIn("zh", "New York")).toBe("New York");
    expect(nameIn("en", "北京市")).toBe("北京市");
    expect(nameIn("en", "北京 Beijing")).toBe("北京 Beijing");
  });
});
