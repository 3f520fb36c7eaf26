import {
  Ban, Braces, CircleCheck, CircleDashed, CircleMinus, CirclePause, CircleQuestionMark, Clock, Copy, Funnel, Globe, Handshake, Inbox, KeyRound, LoaderCircle, type LucideIcon,
  Mail, OctagonX, Pencil, Repeat, RotateCw, Shield, ShieldAlert, ShieldCheck, Shuffle, SkipForward, Split, Square, Unplug, Zap,
} from "lucide-react";

export {
  Activity, ArrowDown, ArrowLeft, ArrowRight, ArrowUp, Ban, Braces, Check, ChevronDown, ChevronLeft, ChevronRight, ChevronUp, CircleCheck, CircleDashed, CircleMinus,
  CirclePause, CircleQuestionMark, Clock, Code, Copy, CopyPlus, Database, Download, Ellipsis, EllipsisVertical, ExternalLink, Eye, EyeOff, FileText, Funnel,
  GitBranch, Globe, Handshake, History, Inbox, Info, Key, KeyRound, Keyboard, Link, ListTree, LoaderCircle, Lock, LogOut, Mail, Maximize, Minus, Monitor, Moon,
  MousePointerClick, OctagonX, PanelLeft, Pause, Pencil, Play, Plug, Plus, Power, Redo2, RefreshCw, Repeat, RotateCw, Search, Send, Settings, Shield, ShieldAlert,
  ShieldCheck, Shuffle, SkipForward, Split, Square, SquareFunction, StickyNote, Sun, Tag, Terminal, Trash2, TriangleAlert, Type, Undo2, Unplug, Upload, User,
  Variable, Webhook, Workflow, X, Zap, ZoomIn, ZoomOut,
} from "lucide-react";
export type { LucideIcon } from "lucide-react";

/** Icons that data names: states (lib/core/states.ts), actions and step kinds. This module is the only importer of lucide. */
const NAMED: Record<string, LucideIcon> = {
  "circle-dashed": CircleDashed,
  "loader-circle": LoaderCircle,
  clock: Clock,
  "rotate-cw": RotateCw,
  "circle-help": CircleQuestionMark,
  "circle-check": CircleCheck,
  "octagon-x": OctagonX,
  funnel: Funnel,
  ban: Ban,
  "skip-forward": SkipForward,
  "circle-minus": CircleMinus,
  copy: Copy,
  handshake: Handshake,
  "circle-pause": CirclePause,
  unplug: Unplug,
  "shield-check": ShieldCheck,
  "shield-alert": ShieldAlert,
  shield: Shield,
  pencil: Pencil,
  mail: Mail,
  globe: Globe,
  shuffle: Shuffle,
  split: Split,
  repeat: Repeat,
  square: Square,
  braces: Braces,
  "key-round": KeyRound,
  inbox: Inbox,
};

/** The icon of a name as data carries it; a plain bolt for names nobody drew. */
export function iconNamed(name: string): LucideIcon {
  return NAMED[name] ?? Zap;
}
