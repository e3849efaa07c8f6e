// Icons, drawn with strokes of the text's colour. They say nothing to a screen reader: the text beside them does.
import type { ComponentChildren } from "preact";

function icon(content: ComponentChildren) {
  return () => (
    <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
      {content}
    </svg>
  );
}

export const FolderIcon = icon(<path d="M1.8 12.5v-9h4.4l1.5 1.8h6.5v7.2z" />);
export const FileIcon = icon(<path d="M4 1.8h5.2L12.2 5v9.2H4zM9 1.8V5h3.2" />);
export const ZipIcon = icon(<path d="M3 1.8h10v12.4H3zM8 1.8v1.6m0 1.4v1.6m0 1.4v1.4m-1.2 1h2.4v2.2H6.8z" />);
export const CompareIcon = icon(<path d="M5 2v12M2.5 4.5 5 2l2.5 2.5M11 14V2m-2.5 9.5L11 14l2.5-2.5" />);
export const SunIcon = icon(
  <path d="M8 5.2a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6zM8 1v1.6M8 13.4V15M1 8h1.6M13.4 8H15M3 3l1.2 1.2M11.8 11.8 13 13M13 3l-1.2 1.2M4.2 11.8 3 13" />,
);
export const MoonIcon = icon(<path d="M13.4 9.6A6 6 0 0 1 6.4 2.6a6 6 0 1 0 7 7z" />);
export const LinkIcon = icon(
  <path d="m6.7 9.3 2.6-2.6M7.6 4.4l1.3-1.3a2.8 2.8 0 0 1 4 4l-1.3 1.3M8.4 11.6l-1.3 1.3a2.8 2.8 0 0 1-4-4l1.3-1.3" />,
);
export const CopyIcon = icon(<path d="M5.5 5.5h8v8.7h-8zM10.5 5.5V1.8h-8v8.7h3" />);
export const DownloadIcon = icon(<path d="M8 1.8v8.4M4.8 7.2 8 10.4l3.2-3.2M2.2 13.8h11.6" />);
export const ChevronIcon = icon(<path d="m6 3.8 4.2 4.2L6 12.2" />);
export const CloseIcon = icon(<path d="m3.8 3.8 8.4 8.4M12.2 3.8l-8.4 8.4" />);
export const GraphIcon = icon(<path d="M2 3h4v3.4H2zM10 6.4h4v3.4h-4zM2 10h4v3.4H2zM6 4.7h2v3.4h2M6 11.7h2V8.1" />);
export const SearchIcon = icon(<path d="M7 2.4a4.6 4.6 0 1 1 0 9.2 4.6 4.6 0 0 1 0-9.2zM10.4 10.4l3.4 3.4" />);
export const UndoIcon = icon(<path d="M5.4 2.6 2.4 5.6l3 3M2.4 5.6h7a4 4 0 1 1 0 8H6" />);
export const SlidersIcon = icon(<path d="M2 4.5h6m4 0h2M2 11.5h2m4 0h6M8 2.8h3.4v3.4H8zM4.4 9.8h3.4v3.4H4.4z" />);
export const PlusIcon = icon(<path d="M8 3v10M3 8h10" />);
export const MinusIcon = icon(<path d="M3 8h10" />);
export const FitIcon = icon(<path d="M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4" />);
export const LockIcon = icon(<path d="M3.4 7.2h9.2v6.6H3.4zM5.4 7.2V4.8a2.6 2.6 0 0 1 5.2 0v2.4" />);
export const CheckIcon = icon(<path d="m2.8 8.6 3.4 3.4 7-7.6" />);
