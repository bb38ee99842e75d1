export default function Measures() { return null; }
