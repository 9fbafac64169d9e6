use std::path::{Path, PathBuf};

use anyhow::Result;
use chopmark_tests::{Browser, Look, Places};
use tokio::join;

/// Phone and desktop, in CSS pixels.
const SIZES: [(u32, u32); 2] = [(360, 740), (1280, 800)];
/// A sheet of A4 at 96 dots an inch.
const PAPER: [(u32, u32); 1] = [(794, 1123)];
/// What an address of a history looks like.
const HISTORIES: &str = "*/history/*";

/// What a paste does to a field.
const PASTE: &str = "const field = document.querySelector(arguments[0]);
    field.value = arguments[1];
    field.dispatchEvent(new InputEvent('input', { bubbles: true }))";

/// One screen: where it is and how to come to it.
pub(super) struct Screen {
    name: &'static str,
    address: String,
    around: Around,
    steps: Vec<Step>,
}

/// Under what circumstances a screen is seen.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Around {
    /// As always.
    Usual,
    /// One browser after the other: the device gathers codes for one page at a time.
    Alone,
    /// Something is on its way and does not come: the page does not rest.
    Waiting,
    /// As it is printed.
    Paper,
    /// No member answers the consumer page.
    NoAnswers,
    /// The browser opens the page a second time, without a network.
    Offline,
    /// The browser runs no scripts.
    NoScripts,
}

/// What a person does on the way to a screen, in whatever language.
#[derive(Clone)]
pub(super) enum Step {
    /// Fills a field.
    Fill(&'static str, String),
    /// Pastes into a field.
    Paste(&'static str, String),
    /// Sends the form.
    Submit,
    /// Clicks.
    Click(&'static str),
    /// Holds the button that signs.
    Hold,
    /// Waits for an element.
    Wait(&'static str),
    /// Runs a script in the page.
    Run(String),
}

impl Screen {
    pub(super) fn new(name: &'static str, address: String, steps: Vec<Step>) -> Self {
        Self {
            name,
            address,
            around: Around::Usual,
            steps,
        }
    }

    pub(super) fn around(self, around: Around) -> Self {
        Self { around, ..self }
    }
}

/// A browser for each language, and where the pictures go.
pub(super) struct Gallery {
    english: Browser,
    chinese: Browser,
    axe: String,
    out: PathBuf,
    filter: String,
}

impl Gallery {
    pub(super) async fn open(places: &Places, video: &Path, out: &Path) -> Result<Self> {
        let look = |language: &str| Look {
            language: language.to_owned(),
            ..Look::default()
        };
        Ok(Self {
            english: Browser::chromium(&look("en"), Some(video)).await?,
            chinese: Browser::chromium(&look("zh-CN"), Some(video)).await?,
            axe: places.axe()?,
            out: out.to_path_buf(),
            filter: String::new(),
        })
    }

    /// Only screens whose name contains one of these, with commas between them.
    pub(super) fn filter(&mut self, filter: Option<&str>) {
        self.filter = filter.unwrap_or_default().to_owned();
    }

    /// Renders screens in both languages; returns what axe-core finds and which do not come,
    /// a line each.
    pub(super) async fn render(&self, screens: Vec<Screen>) -> Vec<String> {
        let mut found = Vec::new();
        let wanted = screens.iter().filter(|screen| {
            self.filter
                .split(',')
                .any(|part| screen.name.contains(part))
        });
        for screen in wanted {
            let english = self.draw(&self.english, screen, "en");
            let chinese = self.draw(&self.chinese, screen, "zh-CN");
            let drawn = match screen.around {
                Around::Alone => (english.await, chinese.await),
                _ => join!(english, chinese),
            };
            // One screen that does not come must not cost a person all others.
            for (browser, lines) in [(&self.english, drawn.0), (&self.chinese, drawn.1)] {
                match lines {
                    Ok(lines) => found.extend(lines),
                    Err(error) => {
                        found.push(format!("{} does not come: {error:#}", screen.name));
                        // The next screen must find the browser as it always is.
                        let _ = leave(browser, screen.around).await;
                    }
                }
            }
            println!("     {}", screen.name);
        }
        found
    }

    async fn draw(
        &self,
        browser: &Browser,
        screen: &Screen,
        language: &str,
    ) -> Result<Vec<String>> {
        let mut found = Vec::new();
        let (sizes, shades): (&[_], &[bool]) = match screen.around {
            Around::Paper => (&PAPER, &[false]),
            _ => (&SIZES, &[false, true]),
        };
        for (width, height) in sizes.iter().copied() {
            for dark in shades.iter().copied() {
                let look = Look {
                    width,
                    height,
                    dark,
                    paper: false,
                    language: language.to_owned(),
                };
                browser.look(&look).await?;
                go(browser, screen).await?;
                let look = Look {
                    paper: screen.around == Around::Paper,
                    ..look
                };
                browser.look(&look).await?;
                browser.whole(&look).await?;
                let shade = if dark { "dark" } else { "light" };
                let name = format!("{}-{width}-{shade}-{language}", screen.name);
                // Findings do not depend on the language.
                let is_checked = !matches!(screen.around, Around::NoScripts | Around::Paper);
                if is_checked && language == "en" {
                    let lines = browser.axe(&self.axe).await?;
                    found.extend(lines.into_iter().map(|line| format!("{name}: {line}")));
                }
                browser
                    .screenshot(&self.out.join(format!("{name}.png")))
                    .await?;
                leave(browser, screen.around).await?;
            }
        }
        Ok(found)
    }

    pub(super) async fn close(self) -> Result<()> {
        self.english.close().await?;
        self.chinese.close().await
    }
}

/// Comes to a screen, so that nothing moves any more.
async fn go(browser: &Browser, screen: &Screen) -> Result<()> {
    // A page that differs only behind `#` would not load anew.
    browser.open("about:blank").await?;
    match screen.around {
        Around::Usual | Around::Alone | Around::Waiting | Around::Paper => {}
        Around::NoAnswers => browser.block(&[HISTORIES]).await?,
        Around::Offline => {
            browser.open(&screen.address).await?;
            browser
                .wait_true("return !!navigator.serviceWorker.controller")
                .await?;
            browser.open("about:blank").await?;
            browser.offline(true).await?;
        }
        Around::NoScripts => browser.scripts(false).await?,
    }
    browser.open(&screen.address).await?;
    for step in &screen.steps {
        match step {
            Step::Fill(css, text) => browser.fill(css, text).await?,
            Step::Paste(css, text) => {
                let arguments = vec![(*css).into(), text.as_str().into()];
                browser.run(PASTE, arguments).await?;
            }
            Step::Submit => browser.click("form [type=submit]").await?,
            Step::Click(css) => browser.click(css).await?,
            Step::Hold => browser.hold_to_sign().await?,
            Step::Wait(css) => {
                browser.wait(css).await?;
            }
            Step::Run(script) => {
                browser.run(script, vec![]).await?;
            }
        }
    }
    if screen.around == Around::Waiting {
        return Ok(());
    }
    browser.still().await
}

/// Takes back what [`go`] set up.
async fn leave(browser: &Browser, around: Around) -> Result<()> {
    match around {
        Around::Usual | Around::Alone | Around::Waiting | Around::Paper => Ok(()),
        Around::NoAnswers => browser.block(&[]).await,
        Around::Offline => browser.offline(false).await,
        Around::NoScripts => browser.scripts(true).await,
    }
}
