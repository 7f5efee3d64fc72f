/**
 * The environment that a command of Slurm starts in. What a user has set for these commands changes what
 * they do or print: SCANCEL_STATE lets jobs live, SQUEUE_FORMAT hides them. So does a job that this runs
 * in: beside its SLURM_JOB_ID `scontrol update` complains of what it has done.
 *
 * Source: `getenv` and `env_vars` in `src/{sbatch,scancel,scontrol,sinfo,squeue}` and `src/common` of
 * Slurm, 22.05 to 26.05.
 *
 * @module
 */

/**
 * Keeps how the cluster is reached and who this is. A job keeps beside it what a user sets for jobs, such
 * as SBATCH_ACCOUNT, and what the job's script reads. `--export=NONE` would let each node look for the
 * user's own environment (`su -`), which takes up to two minutes and puts the job back into the queue
 * where it fails; before 23.02 a list of names does so too.
 */
const START = `
for name in $(compgen -e); do
  case $0:$name in
    *:SLURM_CONF | *:SLURM_CONF_SERVER | *:SLURM_CLUSTERS | *:SLURM_JWT | *:SLURM_SACK_SOCKET) ;;
    *:SLURM_* | *:SQUEUE_* | *:SCANCEL_* | *:SINFO_* | *:SCONTROL_*) unset "$name" ;;
    sbatch:PATH | sbatch:HOME | sbatch:USER | sbatch:LOGNAME | sbatch:LANG | sbatch:TZ) ;;
    sbatch:CELLPROOF_TMP) ;;
    sbatch:SBATCH_WAIT | sbatch:SBATCH_EXPORT | sbatch:SBATCH_GET_USER_ENV) unset "$name" ;;
    sbatch:SBATCH_CLUSTERS) unset "$name" ;;
    sbatch:SBATCH_*) ;;
    sbatch:*) unset "$name" ;;
  esac
done
type -P -- "$0" >/dev/null || exit 127
exec "$0" "$@"`;

/** The status, without a word, where there is no such command. */
export const NO_SUCH_COMMAND = 127;

/** A command of Slurm, so that it starts in a clean environment. */
export function inCleanEnvironment(
  argv: readonly [string, ...string[]],
): [string, ...string[]] {
  return ["bash", "-c", START, ...argv];
}
