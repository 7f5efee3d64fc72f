/**
 * States, faults and fleets in words.
 *
 * @module
 */
import { seriesOfClaim } from "../../suites/claim_series.ts";
import type {
  CommonGround,
  FaultKind,
  FleetClaim,
  FleetResult,
  HostLink,
  HostState,
  HostTold,
} from "../../suites/fleet/fleet_result.ts";
import { FEWEST_HOSTS } from "../../suites/statistics/outlier.ts";
import type { Bilingual } from "../sentences.ts";
import { counted, minuteInUtc, quantity } from "../units.ts";
import { hasTold, hostCounts, makesOf } from "./tallies.ts";

/** A state as a sign and a word. */
export interface StateFace extends Bilingual {
  readonly sign: string;
  /** Whether it gave a whole result that is judged, one that is not, or none. */
  readonly kind: "measured" | "left-out" | "missing";
}

/** Each state of a host. */
export const STATE_FACES: Readonly<Record<HostState, StateFace>> = {
  measured: { sign: "●", kind: "measured", en: "measured", zh: "已测量" },
  "left-out": { sign: "◐", kind: "left-out", en: "measured, but left out", zh: "已测量但未纳入" },
  partial: { sign: "◔", kind: "missing", en: "partial result", zh: "结果不完整" },
  unreadable: { sign: "✖", kind: "missing", en: "unreadable result", zh: "结果无法读取" },
  nothing: { sign: "✖", kind: "missing", en: "no result", zh: "没有结果" },
  died: { sign: "✖", kind: "missing", en: "died during its run", zh: "运行中宕机" },
  "timed-out": { sign: "✖", kind: "missing", en: "ran out of time", zh: "运行超时" },
  cancelled: { sign: "✖", kind: "missing", en: "cancelled", zh: "已取消" },
  unavailable: { sign: "✖", kind: "missing", en: "drained or down", zh: "已排空或停机" },
  waited: { sign: "…", kind: "missing", en: "waited in the queue", zh: "仍在排队" },
};

/** What each kind of fault is called. */
export const FAULT_TITLES: Readonly<Record<FaultKind, Bilingual>> = {
  "dead-node": {
    en: "Dead: the scheduler lost the node while its run went on",
    zh: "宕机：调度器在运行期间失去该节点",
  },
  "unavailable-node": {
    en: "Drained or down before the run began",
    zh: "运行开始前已排空或停机",
  },
  "lost-gpu": { en: "A GPU that its driver has lost", zh: "驱动已失去某块 GPU" },
  "no-result": { en: "No result", zh: "没有结果" },
  "partial-result": { en: "A partial result: its run did not end", zh: "结果不完整：运行未结束" },
  "unreadable-result": { en: "An unreadable result", zh: "结果无法读取" },
  "other-version": { en: "Measured by another version", zh: "由其他版本测量" },
  "other-thresholds": { en: "Judged under other thresholds", zh: "以其他阈值判定" },
  "other-kind": { en: "Another kind of run", zh: "运行类别不同" },
  "stale-result": { en: "A result older than the fleet", zh: "结果早于本机群运行" },
  "duplicate-host": { en: "The same machine twice", zh: "同一机器重复出现" },
  "wrong-clock": { en: "A wrong clock", zh: "时钟错误" },
  "time-limit": { en: "Ended by the time limit", zh: "被时限终止" },
  "no-shared-folder": { en: "Does not see the fleet's folder", zh: "看不到机群的共享目录" },
  "damaged-harness": { en: "Read a damaged harness", zh: "读到的程序包已损坏" },
  "not-restored": { en: "Could not be put back as it was", zh: "未能恢复原状" },
  "left-files": { en: "Files were left on the host", zh: "主机上留有文件" },
  waited: { en: "Waited: nothing ran there in the time given", zh: "一直排队：规定时间内未运行" },
  cancelled: { en: "Cancelled", zh: "已取消" },
};

const KIND_BANNERS: Readonly<Record<CommonGround["kind"], Bilingual | null>> = {
  live: null,
  "dry-run": {
    en:
      "Dry runs: nothing was executed on the judged hosts. Their answers were replayed from recordings.",
    zh: "演练：所判定的主机上未执行任何命令，结果由录制重放。",
  },
  synthetic: {
    en:
      "SYNTHETIC: the judged hosts were made up. No machine ever gave these answers; this only shows how a " +
      "fleet's report looks.",
    zh: "合成数据：所判定的主机均为虚构，没有任何机器给出过这些结果；此处仅展示机群报告的样式。",
  },
};

/** What a reader must know before anything else: made-up hosts, a fleet that goes on, one without results. */
export function fleetWarnings({ common, request, hosts }: FleetResult): Bilingual[] {
  const kind = common === null ? null : KIND_BANNERS[common.kind];
  return [
    ...(kind === null ? [] : [kind]),
    ...(request !== null && request.endedAt === null ? [GOES_ON] : []),
    ...(hosts.some(({ state }) => state === "measured") ? [] : [NONE_JUDGED]),
  ];
}

const GOES_ON: Bilingual = {
  en:
    "This fleet has not come to its end: some hosts have yet to be heard of. What is known so far " +
    "is here, and verdicts may still change.",
  zh: "本机群尚未结束：部分主机尚无消息。此处仅为目前已知的情况，判定仍可能改变。",
};

const NONE_JUDGED: Bilingual = {
  en: "No result of any host is judged: what follows says nothing about the claims.",
  zh: "没有任何主机的结果可供判定：以下内容不能说明论断是否成立。",
};

/** Why no outlier was looked for; null where one was, or where no judged host has figures. */
export function noOutlierSaid(fleet: FleetResult): Bilingual | null {
  const { mostCompared = largestMake(fleet), claims, outliers } = fleet;
  if (outliers.length > 0 || mostCompared >= FEWEST_HOSTS || !claims.some(hasFigures)) return null;
  return {
    en: `Not looked for: it takes ${FEWEST_HOSTS} judged hosts of one make with usable ratios of ` +
      `the same work; here are ${mostCompared} at most.`,
    zh: `未查找：需同一型号有 ${FEWEST_HOSTS} 台已判定、且同一工作负载有可用比值的主机；` +
      `此处最多 ${mostCompared} 台。`,
  };
}

/** How many judged hosts are of the make that has most: no more than these are compared. */
function largestMake({ hosts }: FleetResult): number {
  const judged = hosts.filter(hasTold).filter(({ state }) => state === "measured");
  return Math.max(0, ...[...makesOf(judged).values()].map((make) => make.hosts.length));
}

/** Whether a claim rests on ratios that any judged host has measured. */
function hasFigures({ id, counts }: FleetClaim): boolean {
  const { confirmed, refuted, inconclusive } = counts;
  return confirmed + refuted + inconclusive > 0 && seriesOfClaim(id).length > 0;
}

/** Which cluster, which partition, when. */
export function whereAndWhen({ request, mergedAt }: FleetResult): Bilingual {
  if (request === null) {
    const merged = minuteInUtc(mergedAt);
    return { en: `Results merged ${merged}.`, zh: `结果合并于 ${merged}。` };
  }
  const { cluster, partition } = request;
  const [submitted, ended] = [request.submittedAt, request.endedAt ?? mergedAt].map(minuteInUtc);
  const [verb, verbZh] = request.endedAt === null
    ? ["last heard of", "最近更新于"]
    : ["ended", "结束于"];
  return {
    en: `Slurm ${cluster === null ? "cluster without a name" : `cluster ${cluster}`}, partition ` +
      `${partition}: asked ${submitted}, ${verb} ${ended}.`,
    zh: `Slurm 集群 ${cluster ?? "（未命名）"}，分区 ${partition}：提交于 ${submitted}，` +
      `${verbZh} ${ended}。`,
  };
}

/** How many hosts were asked, measured, left out and missing. */
export function hostsInWords(fleet: FleetResult): Bilingual {
  const { all, measured, leftOut, missing } = hostCounts(fleet);
  return {
    en:
      `${
        counted(all, "host")
      }: ${measured} measured and judged, ${leftOut} measured but left out, ` +
      `${missing} without a whole result.`,
    zh: `共 ${all} 台主机：${measured} 台已测量并判定，${leftOut} 台已测量但未纳入，` +
      `${missing} 台没有完整结果。`,
  };
}

/** What the results that were judged have in common. */
export function commonInWords(common: CommonGround): Bilingual {
  const { version, thresholds: { high, medium } } = common;
  return {
    en: `Measured by cellproof ${version}. A ratio to native of ${high} or more is called high, ` +
      `${medium} or more medium, less than that low.`,
    zh:
      `由 cellproof ${version} 测量。与原生之比不低于 ${high} 为高，不低于 ${medium} 为中，更低为低。`,
  };
}

/** The links, those without figures first. */
export function failedFirst(links: readonly HostLink[]): HostLink[] {
  const [failed, measured] = [true, false].map((hasFailed) =>
    links.filter(({ failure }) => (failure !== null) === hasFailed)
  );
  return [...failed ?? [], ...measured ?? []];
}

/** The least and the most that a link carried: `"46.1 GB/s – 46.4 GB/s"`; null where it has no figures. */
export function carriedInWords({ bytesPerSecond }: HostLink): string | null {
  if (bytesPerSecond.length === 0) return null;
  const ends = [Math.min(...bytesPerSecond), Math.max(...bytesPerSecond)];
  return [...new Set(ends.map((figure) => quantity(figure, "B/s")))].join(" – ");
}

/** The GPUs of a host: `"8 x NVIDIA X9000"`; null where the driver could not tell. */
export function gpusInWords({ gpus }: Pick<HostTold, "gpus">): string | null {
  if (gpus === null) return null;
  const names = Object.entries(gpus).filter(([, count]) => count > 0);
  return names.map(([name, count]) => `${count} × ${name}`).join(", ");
}
