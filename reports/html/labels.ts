/**
 * The page's own words in both languages. Sentences of rules and tools are English only, and stay
 * visible in either language.
 *
 * @module
 */
import type { Bilingual } from "../sentences.ts";
import { html, type Markup } from "./html.ts";

const LABELS = {
  title: { en: "GPU and IO claims, put to the proof", zh: "GPU 与 IO 论断的实证" },
  language: { en: "Language", zh: "语言" },
  liveOnly: {
    en: "This chart is drawn by the page's script; the table below has the same figures.",
    zh: "此图由页面脚本绘制；下表列出相同数据。",
  },
  notes: { en: "Notes", zh: "说明" },
  meanings: { en: "What the verdicts mean", zh: "各判定的含义" },
  sureness: {
    en:
      "A verdict on speed rests on an interval that misses the truth for at most one claim in a hundred; " +
      "a verdict on behaviour counts only where its controls held: what must succeed did, and what must fail did not.",
    zh:
      "关于性能的判定依据置信区间，误判率至多百分之一；关于行为的判定只在对照成立时有效：应成功者成功，应失败者失败。",
  },
  noneRefuted: { en: "No claim was refuted here.", zh: "此处没有论断被证伪。" },
  expectations: { en: "Expectations", zh: "预期" },
  search: { en: "Search", zh: "搜索" },
  paradigm: { en: "Paradigm", zh: "范式" },
  suite: { en: "Suite", zh: "检查套件" },
  showAll: { en: "Show all", zh: "显示全部" },
  keys: {
    en: "Keys: / searches, arrows move between cells, Enter opens one, Escape closes it.",
    zh: "按键：/ 搜索，方向键移动，回车展开，Esc 关闭。",
  },
  holds: { en: "Stays while", zh: "阈值范围" },
  rule: { en: "Rule", zh: "判定规则" },
  theme: { en: "Colours", zh: "配色" },
  skip: { en: "Skip to the claims", zh: "跳到论断" },
  topology: { en: "PCI topology", zh: "PCI 拓扑" },
  refuted: { en: "Refuted", zh: "证伪的论断" },
  confirmed: { en: "Confirmed", zh: "证实的论断" },
  matrices: { en: "Matrices", zh: "矩阵" },
  facts: { en: "Facts from the prose", zh: "正文中的事实" },
  coverage: { en: "Coverage", zh: "覆盖情况" },
  matrix: { en: "Matrix", zh: "矩阵" },
  decided: { en: "Decided", zh: "已判定" },
  share: { en: "Share", zh: "占比" },
  claims: { en: "Claims, each a link", zh: "各条论断（可点击）" },
  missingThings: { en: "What open claims need", zh: "未决论断需要什么" },
  probes: { en: "Probes", zh: "探测" },
  statement: { en: "Statement", zh: "陈述" },
  found: { en: "Found", zh: "结果" },
  seen: { en: "Seen", zh: "所见" },
  yes: { en: "yes", zh: "是" },
  no: { en: "no", zh: "否" },
  controlsHeld: { en: "controls held", zh: "项对照成立" },
  positive: { en: "must succeed", zh: "应成功" },
  negative: { en: "must fail", zh: "应失败" },
  held: { en: "held", zh: "成立" },
  notHeld: { en: "did not hold", zh: "不成立" },
  lacks: { en: "To get", zh: "需要" },
  readings: { en: "The raw readings lie beside this page in", zh: "原始读数位于本页旁的" },
  experiments: { en: "Experiments", zh: "实验" },
  contradictions: { en: "Contradictions inside the document", zh: "文档内部的矛盾" },
  host: { en: "Host", zh: "主机" },
  reading: { en: "Read as", zh: "解读" },
  ratio: { en: "Ratio", zh: "比值" },
  interval: { en: "Interval", zh: "区间" },
  blocks: { en: "Blocks", zh: "区组数" },
  evidence: { en: "Evidence", zh: "证据" },
  part: { en: "Part", zh: "分项" },
  verdict: { en: "Verdict", zh: "判定" },
  because: { en: "Because", zh: "理由" },
  absent: { en: "not in this result", zh: "不在本结果中" },
  section: { en: "Section", zh: "章节" },
  claim: { en: "Claim", zh: "论断" },
  workload: { en: "Workload", zh: "负载" },
  arm: { en: "Arm", zh: "分组" },
  remark: { en: "Remark", zh: "备注" },
  reference: { en: "the reference", zh: "基准" },
  control: { en: "A/A control", zh: "A/A 对照" },
  degraded: { en: "degraded", zh: "降级" },
  broken: { en: "broke", zh: "出错" },
  missing: { en: "did not run", zh: "未运行" },
  ratios: { en: "Ratios with intervals", zh: "比值与区间" },
  samples: { en: "Raw samples", zh: "原始样本" },
  commands: { en: "Commands that were run", zh: "运行过的命令" },
  stopped: { en: "Stopped", zh: "停止原因" },
  order: { en: "Order", zh: "次序" },
  block: { en: "Block", zh: "区组" },
  value: { en: "Value", zh: "数值" },
  load: { en: "Load", zh: "负荷" },
  more: { en: "More are in result.json.", zh: "其余见 result.json。" },
  took: { en: "The evidence took", zh: "证据支持" },
  tookNone: { en: "The evidence took neither side.", zh: "证据不支持任何一方。" },
  cpu: { en: "CPU", zh: "处理器" },
  memory: { en: "Memory", zh: "内存" },
  gpus: { en: "NVIDIA GPUs", zh: "NVIDIA GPU" },
  none: { en: "none", zh: "无" },
  baseline: { en: "Bare metal", zh: "裸机对照" },
  setAside: { en: "set aside", zh: "弃用" },
  blocksAside: { en: "Blocks set aside, which are not used", zh: "被弃用、未计入的区组" },
  firmware: { en: "Firmware", zh: "固件" },
  driver: { en: "NVIDIA driver", zh: "NVIDIA 驱动" },
  system: { en: "System", zh: "系统" },
  environment: { en: "Runs", zh: "运行环境" },
  governor: { en: "Frequency governor", zh: "调频策略" },
  boot: { en: "Boot", zh: "启动标识" },
  tools: { en: "Tools", zh: "工具" },
  toolMissing: { en: "missing", zh: "缺失" },
  unknown: { en: "unknown", zh: "未知" },
  run: { en: "Run", zh: "运行" },
  seed: { en: "seed", zh: "种子" },
  selection: { en: "selected", zh: "选择" },
  allInResult: { en: "(all are in result.json)", zh: "（全部见 result.json）" },
  budget: { en: "budget", zh: "时限" },
  cellHint: {
    en: "Each cell opens: by click, or by Enter on the keyboard.",
    zh: "每个单元格均可展开：点击，或用键盘回车。",
  },
} as const satisfies Readonly<Record<string, Bilingual>>;

/** Name of one of the page's own words. */
export type LabelName = keyof typeof LABELS;

/** One of the page's own words in both languages; the language switch hides one. */
export function label(name: LabelName): Markup {
  return both(LABELS[name]);
}

/** A text in both languages; the language switch hides one. */
export function both({ zh, en }: Bilingual): Markup {
  return zh === en
    ? html`<span>${en}</span>`
    : html`<span lang="en">${en}</span> <span lang="zh">${zh}</span>`;
}
