mod bad_rows;
mod columns;
mod kind;
mod report;

use chopmark_kit::{Banner, Button, ButtonKind, Card, Empty, Icon, Loading, Mark, Progress, Tone};
use chopmark_view::{
    ColumnsView, Failure, ImportBegin, ImportChunk, ImportColumns, ImportKind, ImportRead,
    ImportSign, ImportStage, ImportStep, ImportStop, ImportView, TableMapping,
};
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;
use web_sys::File;
use yew::prelude::*;

use self::columns::ColumnsForm;
use self::kind::{HEAD, kind_of};
use self::report::Report;
use crate::bridge::call;
use crate::device::pieces;
use crate::hooks::use_messages;
use crate::parts::FileButton;
use crate::state::Route;
use crate::words::{failure, say};

#[derive(Clone, PartialEq)]
enum Step {
    /// No file yet.
    Choose,
    /// The client reads it.
    Reading,
    /// A table whose columns have no meaning yet.
    Columns(Rc<ColumnsView>),
    /// The client works on it, or has.
    Working(Rc<ImportView>),
    Failed(Failure),
}

/// What the calls that run one after the other share with the page.
#[derive(Clone)]
struct Run {
    step: UseStateHandle<Step>,
    name: UseStateHandle<String>,
    /// The person wants to stop, or has left the page.
    stopped: Rc<Cell<bool>>,
}

impl Run {
    fn fail(&self, problem: Failure) {
        self.step.set(Step::Failed(problem));
    }

    async fn take(self, file: File) {
        self.step.set(Step::Reading);
        if let Err(problem) = self.bring(&file).await {
            self.fail(problem);
        }
    }

    async fn bring(&self, file: &File) -> Result<(), Failure> {
        let head = pieces::next(file, 0.0, HEAD).await?;
        let head = head.map(|(bytes, _)| bytes).unwrap_or_default();
        let kind = kind_of(&file.name(), &head);
        let length = pieces::length(file);
        let begun = call(&ImportBegin { kind, length }).await?;
        let import = begun.import;
        self.name.set(import.clone());
        let mut start = 0.0;
        while let Some((bytes, end)) = pieces::next(file, start, begun.chunk).await? {
            let import = import.clone();
            call(&ImportChunk { import, bytes }).await?;
            start = end;
        }
        if kind == ImportKind::Table {
            let columns = call(&ImportColumns { import }).await?;
            self.step.set(Step::Columns(Rc::new(columns)));
            return Ok(());
        }
        self.read(import, None).await
    }

    async fn read(&self, import: String, mapping: Option<TableMapping>) -> Result<(), Failure> {
        let view = call(&ImportRead {
            import: import.clone(),
            mapping,
        })
        .await?;
        self.work(import, view).await
    }

    /// Asks for one piece of work after the other until there is none, or the person stops.
    async fn work(&self, import: String, mut view: ImportView) -> Result<(), Failure> {
        while view.stage.is_working() {
            self.step.set(Step::Working(Rc::new(view)));
            let import = import.clone();
            view = if self.stopped.get() {
                call(&ImportStop { import }).await?
            } else {
                call(&ImportStep { import }).await?
            };
        }
        self.step.set(Step::Working(Rc::new(view)));
        Ok(())
    }

    async fn sign(&self, import: String, skip_bad: bool) -> Result<(), Failure> {
        let view = call(&ImportSign {
            import: import.clone(),
            skip_bad,
        })
        .await?;
        self.work(import, view).await
    }
}

/// Brings in a file with events: it is tried as a whole first, and signed block by block.
#[component]
pub(crate) fn Import() -> Html {
    let m = use_messages();
    let stopped = use_memo((), |()| Rc::new(Cell::new(false)));
    let run = Run {
        step: use_state_eq(|| Step::Choose),
        name: use_state_eq(String::new),
        stopped: (*stopped).clone(),
    };
    {
        let stopped = run.stopped.clone();
        use_effect_with((), move |()| move || stopped.set(true));
    }
    let onfile = {
        let run = run.clone();
        Callback::from(move |file: File| {
            run.stopped.set(false);
            spawn_local(run.clone().take(file));
        })
    };
    let choose = html! {
        <FileButton label={say!(m, "import-choose")} accept=".json,.jsonld,.csv,application/json,text/csv" {onfile} />
    };
    match &*run.step {
        Step::Choose => html! {
            <Empty icon={Mark::File} title={say!(m, "import-what")} text={say!(m, "import-what-text")}>{choose}</Empty>
        },
        Step::Reading => html! { <Loading text={say!(m, "import-reading")} /> },
        Step::Failed(problem) => html! {
            <div class="stack">
                <Banner tone={Tone::Bad} title={say!(m, "import-failed")} text={failure(&m, problem)} />
                {choose}
            </div>
        },
        Step::Columns(view) => {
            let onmapping = {
                let run = run.clone();
                Callback::from(move |mapping: TableMapping| {
                    let run = run.clone();
                    run.step.set(Step::Reading);
                    spawn_local(async move {
                        let import = (*run.name).clone();
                        if let Err(problem) = run.read(import, Some(mapping)).await {
                            run.fail(problem);
                        }
                    });
                })
            };
            html! { <ColumnsForm view={(**view).clone()} {onmapping} /> }
        }
        Step::Working(view) => {
            let onstop = {
                let stopped = run.stopped.clone();
                Callback::from(move |()| stopped.set(true))
            };
            let onsign = {
                let run = run.clone();
                Callback::from(move |skip_bad: bool| {
                    let run = run.clone();
                    run.stopped.set(false);
                    spawn_local(async move {
                        let import = (*run.name).clone();
                        if let Err(problem) = run.sign(import, skip_bad).await {
                            run.fail(problem);
                        }
                    });
                })
            };
            let (label, value, most) = match view.stage {
                ImportStage::Asking => (say!(m, "import-asking"), view.asked, view.to_ask),
                ImportStage::Drawing => (say!(m, "import-drawing"), view.drawn, view.to_draw),
                ImportStage::Trying => (say!(m, "import-trying"), view.tried, view.to_try),
                _ => (say!(m, "import-signing"), view.signed, view.good),
            };
            match view.stage.is_working() {
                true => html! {
                    <Card>
                        <div class="stack">
                            <Progress {label} done={value} total={most} words={say!(m, "import-so-far", done = value, total = most)} />
                            <Button kind={ButtonKind::Quiet} icon={Mark::Close} label={say!(m, "import-stop")} onclick={onstop} />
                        </div>
                    </Card>
                },
                false => html! {
                    <div class="stack">
                        <Report import={(*run.name).clone()} view={(**view).clone()} {onsign} />
                        if view.stage != ImportStage::Tried {
                            <a class="button button-main button-wide" href={Route::Outbox.href()}><Icon mark={Mark::Outbox} />{say!(m, "title-outbox")}</a>
                        }
                        {choose}
                    </div>
                },
            }
        }
    }
}
