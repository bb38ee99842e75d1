/** A choice among many, with search: the select of antd in the clothes of this product. */
import { Select } from "antd";

import { count as counted } from "../format/number";
import { useLook } from "../look/look";
import { Dressed } from "./Dressed";

export interface ChoiceOption {
  value: string;
  label: string;
  count?: number;
}

interface Props {
  label: string;
  value: string;
  options: ChoiceOption[];
  /** Label of having chosen nothing; without it something is always chosen. */
  none?: string;
  onChange: (value: string) => void;
  width?: number;
}

export function Choice({ label, value, options, none, onChange, width = 210 }: Props) {
  const { language } = useLook();
  return (
    <Dressed>
      <span className="choice">
        <span className="choice-label" aria-hidden="true">
          {label}
        </span>
        <Select
          aria-label={label}
          style={{ width }}
          value={value || (none ? "" : undefined)}
          showSearch={{ optionFilterProp: "label" }}
          popupMatchSelectWidth={Math.max(width, 300)}
          options={[...(none ? [{ value: "", label: none, count: undefined }] : []), ...options]}
          optionRender={(option) => (
            <span className="choice-option">
              <span>{option.data.label}</span>
              {option.data.count === undefined ? null : <small>{counted(option.data.count, language)}</small>}
            </span>
          )}
          onChange={(chosen: string) => onChange(chosen)}
        />
      </span>
    </Dressed>
  );
}
