// A button that opens a panel below itself. Escape and a click elsewhere close it; the focus goes back to the button.
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { ChevronIcon } from "./icons";

interface Props {
  label: ComponentChildren;
  name: string;
  children: (close: () => void) => ComponentChildren;
  wide?: boolean;
}

export function Menu({ label, name, children, wide = false }: Props) {
  const isOpen = useSignal(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  const close = () => {
    isOpen.value = false;
    button.current?.focus();
  };
  const open = isOpen.value;
  useEffect(() => {
    if (!open) {
      return;
    }
    const outside = (event: PointerEvent) => {
      if (event.target instanceof Node && !root.current?.contains(event.target)) {
        isOpen.value = false;
      }
    };
    document.addEventListener("pointerdown", outside);
    return () => document.removeEventListener("pointerdown", outside);
  }, [open, isOpen]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape closes it from anywhere inside
    <div
      class="menu"
      ref={root}
      onKeyDown={(event) => {
        if (event.key === "Escape" && open) {
          event.stopPropagation();
          close();
        }
      }}
    >
      <button
        type="button"
        ref={button}
        class="menu-button"
        aria-expanded={open}
        aria-controls={id}
        title={name}
        onClick={() => {
          isOpen.value = !open;
        }}
      >
        <span class="for-screen-readers">{name}: </span>
        <span class="menu-label">{label}</span>
        <span class="caret">
          <ChevronIcon />
        </span>
      </button>
      {open && (
        <div class="menu-panel" id={id} data-wide={wide}>
          {children(close)}
        </div>
      )}
    </div>
  );
}

export function MenuItem({
  icon,
  title,
  what,
  act,
}: {
  icon?: ComponentChildren;
  title: string;
  what?: string;
  act: () => void;
}) {
  return (
    <button type="button" class="menu-item" onClick={act}>
      {icon}
      <span>
        <span class="menu-item-title">{title}</span>
        {what !== undefined && <span class="menu-item-what">{what}</span>}
      </span>
    </button>
  );
}
