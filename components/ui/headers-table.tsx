/** HTTP headers as sent: two columns, names untouched. */
export function HeadersTable({
  headers,
  label = "Headers",
}: {
  headers: ReadonlyArray<readonly [name: string, value: string]>;
  label?: string;
}) {
  if (headers.length === 0) return <p className="text-13 text-ink-3">No headers.</p>;
  return (
    <table aria-label={label} className="w-full border-collapse font-mono text-12">
      <tbody>
        {headers.map(([name, value], index) => (
          <tr key={index} className="border-b border-line last:border-b-0">
            <th
              scope="row"
              className="w-[34%] py-1.5 pr-4 text-left align-top font-normal text-j-key [overflow-wrap:anywhere]"
            >
              {name}
            </th>
            <td className="py-1.5 align-top text-ink [overflow-wrap:anywhere]">{value}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
