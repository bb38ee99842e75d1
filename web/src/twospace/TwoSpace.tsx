export default function TwoSpace() { return null; }
